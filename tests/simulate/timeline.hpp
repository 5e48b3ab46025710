// Virtual time: what is to happen when. One clock runs for the whole world; each node has its own idea of
// the wall clock.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.hpp"

namespace dakiya::simulate {

class Timeline {
public:
    std::int64_t now() const { return now_; }  // ms since the beginning
    void pass(std::int64_t ms) { now_ += ms; }

    void after(std::int64_t ms, std::function<void()> work) {
        events_.emplace(std::make_pair(now_ + ms, ++events_made_), std::move(work));
    }
    std::optional<std::int64_t> next() const {
        return events_.empty() ? std::nullopt : std::optional(events_.begin()->first.first);
    }
    // Runs one that is due. False when none is.
    bool run_one() {
        if (events_.empty() || events_.begin()->first.first > now_) return false;
        const auto work = std::move(events_.extract(events_.begin()).mapped());
        work();
        return true;
    }

private:
    std::int64_t now_ = 0;
    std::uint64_t events_made_ = 0;  // keeps those of one moment in order
    std::map<std::pair<std::int64_t, std::uint64_t>, std::function<void()>> events_;
};

inline constexpr std::int64_t epoch_ms = 1'795'000'000'000;

// A node's clocks: the steady one is true, the wall clock is off by `skew_ms`.
class NodeClock final : public Clock {
public:
    explicit NodeClock(const Timeline& timeline) : timeline_(timeline) {}
    std::int64_t now_ms() const override { return epoch_ms + timeline_.now() + skew_ms; }
    Steady steady() const override { return Steady(Millis(1'000'000 + timeline_.now())); }
    std::int64_t skew_ms = 0;

private:
    const Timeline& timeline_;
};

}  // namespace dakiya::simulate
