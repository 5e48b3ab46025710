#include "domain/time_map.hpp"

#include <algorithm>
#include <chrono>

namespace dakiya::domain {

namespace {

using std::chrono::microseconds;

constexpr std::chrono::seconds clock_was_set{1};
constexpr std::chrono::seconds too_old{10};

}  // namespace

void TimeMap::note(Micros theirs, Steady ours) {
    const auto offset =
        std::chrono::duration_cast<microseconds>(ours.time_since_epoch()) - microseconds(theirs);
    if (count_ > 0) {
        const auto best = *std::min_element(offsets_.begin(), offsets_.begin() + count_);
        if (std::chrono::abs(offset - best) > clock_was_set || ours - newest_ > too_old) count_ = oldest_ = 0;
    }
    newest_ = ours;
    if (count_ < offsets_.size()) {
        offsets_[count_++] = offset;
        return;
    }
    offsets_[oldest_] = offset;
    oldest_ = (oldest_ + 1) % offsets_.size();
}

Steady TimeMap::operator()(Micros theirs) const {
    const auto best = *std::min_element(offsets_.begin(), offsets_.begin() + count_);
    return Steady(microseconds(theirs) + best);
}

}  // namespace dakiya::domain
