#include "domain/supply.hpp"

namespace dakiya::domain {

namespace {

constexpr Millis sample{20};
constexpr Millis ahead{300};  // a chunk is there by then, also from a database that is busy

double seconds(Steady::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void Throughput::note(std::size_t messages, Steady now) {
    if (since_ == Steady{}) since_ = now;
    messages_ += messages;
    if (now - since_ < sample) return;
    const double latest = static_cast<double>(messages_) / seconds(now - since_);
    per_second_ = per_second_ == 0 ? latest : (per_second_ + latest) / 2;
    messages_ = 0;
    since_ = now;
}

bool lasts(const Supply& supply, double per_second, std::size_t in_flight) {
    return supply.on_the_way + supply.waiting >= in_flight &&
           static_cast<double>(supply.waiting) >= per_second * seconds(ahead);
}

}  // namespace dakiya::domain
