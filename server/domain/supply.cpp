#include "domain/supply.hpp"

#include <algorithm>

namespace dakiya::domain {

namespace {

constexpr Millis sample{20};
constexpr Millis memory{250};
constexpr Millis ahead{300};  // a chunk is there, or a commit made, by then, also by a database that is busy

double seconds(Steady::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

void Throughput::note(std::size_t messages, Steady now) {
    if (since_ == Steady{}) since_ = now;
    messages_ += messages;
    if (now - since_ < sample) return;
    const double latest = static_cast<double>(messages_) / seconds(now - since_);
    const double weight = per_second_ == 0 ? 1 : seconds(now - since_) / seconds(now - since_ + memory);
    per_second_ += weight * (latest - per_second_);
    messages_ = 0;
    since_ = now;
}

bool lasts(const Supply& supply, double per_second, std::size_t in_flight) {
    return supply.on_the_way + supply.waiting >= in_flight &&
           static_cast<double>(supply.waiting) >= per_second * seconds(ahead);
}

std::size_t most_marked(double per_second, std::size_t in_flight, std::size_t micro_batch) {
    return in_flight + std::max(micro_batch, static_cast<std::size_t>(per_second * seconds(ahead)));
}

}  // namespace dakiya::domain
