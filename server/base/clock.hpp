// Time as an argument: nothing in the server reads a clock that it was not given.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace dakiya {

using Millis = std::chrono::milliseconds;
using Steady = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    virtual std::int64_t now_ms() const = 0;  // Unix time in milliseconds; may jump
    virtual Steady steady() const = 0;        // never goes back; for deadlines and leases
};

class SystemClock final : public Clock {
public:
    std::int64_t now_ms() const override {
        return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    Steady steady() const override { return std::chrono::steady_clock::now(); }
};

// Stands still until told. [any thread]
class ManualClock final : public Clock {
public:
    explicit ManualClock(std::int64_t now_ms = 1'795'000'000'000) : now_(now_ms) {}
    std::int64_t now_ms() const override { return now_; }
    Steady steady() const override { return Steady(Millis(now_.load())); }
    void advance(Millis by) { now_ += by.count(); }

private:
    std::atomic<std::int64_t> now_;
};

}  // namespace dakiya
