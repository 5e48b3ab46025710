#include "net/permits.hpp"

#include <algorithm>

namespace dakiya::net {

namespace {

using std::chrono::nanoseconds;

// How late a permit is still good. A share of the interval, because at one a second 20 ms are nothing.
nanoseconds patience(nanoseconds every) { return std::max<nanoseconds>(Millis(20), every / 4); }

}  // namespace

void Permits::add(const Granted& granted) {
    if (granted.count <= 0) return;
    slices_.push_back({granted.first, granted.every, granted.count});
    every_ = granted.every;
}

bool Permits::take(Steady now) {
    if (slices_.empty() || slices_.front().next > now || blocked_until_ > now) return false;
    slices_.front().drop();
    if (slices_.front().count == 0) slices_.pop_front();
    return true;
}

void Permits::drop_stale(Steady now) {
    while (!slices_.empty()) {
        Slice& first = slices_.front();
        while (first.count > 0 && first.next + patience(first.every) < now) first.drop();
        if (first.count > 0) return;
        slices_.pop_front();
    }
}

int Permits::count() const {
    int sum = 0;
    for (const Slice& slice : slices_) sum += slice.count;
    return sum;
}

int Permits::count_good_at(Steady moment) const {
    int sum = 0;
    for (const Slice& slice : slices_) {
        const auto late = moment - patience(slice.every) - slice.next;
        const auto stale = late > nanoseconds(0) ? 1 + (late - nanoseconds(1)) / slice.every : 0;
        sum += static_cast<int>(std::max<std::int64_t>(slice.count - stale, 0));
    }
    return sum;
}

int Permits::count_until(Steady moment) const {
    if (moment <= blocked_until_) return 0;
    int sum = 0;
    for (const Slice& slice : slices_)
        if (slice.next < moment)
            sum += static_cast<int>(std::min<std::int64_t>(
                slice.count, 1 + (moment - slice.next - nanoseconds(1)) / slice.every));
    return sum;
}

Steady Permits::next() const { return std::max(slices_.front().next, blocked_until_); }

Steady Permits::end() const { return slices_.back().end(); }

Steady Permits::free_at(int nth, Steady now, double per_second) const {
    int left = nth;
    for (const Slice& slice : slices_) {
        if (left <= slice.count) return std::max(slice.next + slice.every * (left - 1), blocked_until_);
        left -= slice.count;
    }
    const auto every =
        every_ > nanoseconds(0) ? every_ : nanoseconds(static_cast<std::int64_t>(1e9 / per_second));
    const Steady from = slices_.empty() ? now : std::max(now, slices_.back().end());
    return std::max(from, blocked_until_) + every * (left - 1);
}

}  // namespace dakiya::net
