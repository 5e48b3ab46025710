#include "net/timers.hpp"

namespace dakiya::net {

Timers::Handle Timers::add(Steady when, std::function<void()> work) {
    const auto handle = entries_.emplace(when, std::move(work));
    if (when < armed_for_) arm();
    return handle;
}

void Timers::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Timers::arm() {
    if (stopped_ || entries_.empty()) return;
    armed_for_ = entries_.begin()->first;
    timer_.expires_at(armed_for_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) run_due();  // else it was armed for something earlier, or stopped
    });
}

void Timers::run_due() {
    armed_for_ = Steady::max();
    const Steady now = std::chrono::steady_clock::now();
    while (!stopped_ && !entries_.empty() && entries_.begin()->first <= now) {
        const auto work = std::move(entries_.begin()->second);
        entries_.erase(entries_.begin());
        work();
    }
    arm();
}

}  // namespace dakiya::net
