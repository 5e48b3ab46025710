// Load that comes at its own pace, and what it measured.
#pragma once

#include "dakiya/json.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace load {

// CLOCK_MONOTONIC in microseconds: the clock of the simulator's arrival times.
std::int64_t now_us();

// Answer times. Percentiles are by nearest rank, so each is a time that somebody waited.
class Latencies {
public:
    void add(std::int64_t us) { us_.push_back(us); }
    std::size_t count() const { return us_.size(); }
    // 0 when there is nothing. `percent` is above 0, at most 100.
    std::int64_t percentile(double percent) const;
    dakiya::Json summary() const;  // count, p50_ms, p99_ms, max_ms

private:
    std::vector<std::int64_t> us_;
};

// Calls fire(due_us) at start + n / rate for n = 0, 1, …, whatever became of the calls before: a server that
// is slow does not slow its load down. Measure from due_us, not from when the call came, or the waits that
// matter most are left out ("coordinated omission", https://github.com/giltene/wrk2#readme).
// Ends when fire answers false. Used by the thread that runs `io`.
class OpenLoop {
public:
    using Fire = std::function<bool(std::int64_t due_us)>;

    OpenLoop(boost::asio::io_context& io, double per_second, Fire fire);
    void start();

private:
    void wait();
    std::int64_t due_us() const;

    boost::asio::steady_timer timer_;
    double per_second_;
    Fire fire_;
    std::int64_t start_us_ = 0;
    std::int64_t fired_ = 0;
};

}  // namespace load
