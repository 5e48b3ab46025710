#include "open_loop.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace load {

using std::chrono::microseconds;
using std::chrono::steady_clock;

std::int64_t now_us() {
    return std::chrono::duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

std::int64_t Latencies::percentile(double percent) const {
    if (us_.empty()) return 0;
    std::vector<std::int64_t> sorted = us_;
    std::sort(sorted.begin(), sorted.end());
    const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(sorted.size()) * percent / 100));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

dakiya::Json Latencies::summary() const {
    const auto ms = [this](double percent) { return static_cast<double>(percentile(percent)) / 1000; };
    return {{"count", count()}, {"p50_ms", ms(50)}, {"p99_ms", ms(99)}, {"max_ms", ms(100)}};
}

OpenLoop::OpenLoop(boost::asio::io_context& io, double per_second, Fire fire)
    : timer_(io), per_second_(per_second), fire_(std::move(fire)) {}

void OpenLoop::start() {
    start_us_ = now_us();
    wait();
}

std::int64_t OpenLoop::due_us() const {
    return start_us_ + static_cast<std::int64_t>(static_cast<double>(fired_) * 1e6 / per_second_);
}

void OpenLoop::wait() {
    timer_.expires_at(steady_clock::time_point(microseconds(due_us())));
    timer_.async_wait([this](const boost::system::error_code& stopped) {
        if (stopped) return;
        for (const std::int64_t now = now_us(); due_us() <= now; ++fired_)
            if (!fire_(due_us())) return;
        wait();
    });
}

}  // namespace load
