#include "domain/pace.hpp"

#include <algorithm>
#include <cmath>

namespace dakiya::domain {

namespace {

constexpr Micros second = 1'000'000;
constexpr double slowest = 0.001;          // per second
constexpr double used_share = 0.99;        // of the rate: requests that arrive 10 ms early or late still fit
constexpr double floor_share = 1.0 / 16;   // of the configured rate: how far throttling can push it
constexpr double growth_share = 1.0 / 16;  // of the configured rate: what a calm second gives back
constexpr Micros between_halvings = second;
constexpr double most_at_once = 0.2;  // seconds of slots in one grant
constexpr Micros campaign_horizon = second / 4;
constexpr int slots_ahead = 16;  // with the ten seconds below: more can only be a clock that went back
constexpr Micros longest_ahead = 10 * second;

void set_rate(Pace& pace, double per_second, Micros now) {
    pace.configured = pace.rate = std::max(per_second, slowest);
    pace.blocked_until = pace.slowed_at = 0;
    pace.at = now;
}

// Nothing recovers while the provider's hint holds.
void recover(Pace& pace, Micros now) {
    const Micros calm = now - std::max(pace.at, std::min(pace.blocked_until, now));
    if (calm > 0)
        pace.rate = std::min(pace.configured,
                             pace.rate + pace.configured * growth_share * static_cast<double>(calm) / second);
    pace.at = std::max(pace.at, now);
}

std::chrono::nanoseconds interval(const Pace& pace) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::ceil(1e9 / (pace.rate * used_share))));
}

// A clock that was set back would else leave the limit silent until it has caught up.
void mend_clock(Pace& pace, Micros now) {
    const Micros most = longest_ahead + slots_ahead * interval(pace).count() / 1'000;
    if (pace.next > now + most) pace.next = now;
    if (pace.at > now + most) pace.at = now;
    pace.blocked_until =
        std::min(pace.blocked_until, now + Micros{longest_hint / std::chrono::microseconds(1)});
}

}  // namespace

void publish(Pace& pace, double per_second, Micros now) {
    if (pace.published == per_second && pace.configured > 0) return;
    pace.published = per_second;
    set_rate(pace, per_second, now);
}

void report(Pace& pace, double per_second, Micros now) {
    if (pace.configured == per_second) return;
    set_rate(pace, per_second, now);
}

Slots grant(Pace& pace, Micros now, int wanted, bool urgent) {
    Pace after = pace;
    mend_clock(after, now);
    recover(after, now);
    Slots slots;
    const Micros first = std::max({after.next, after.blocked_until, now});
    const Micros too_far = now + campaign_horizon;
    if (after.blocked_until > too_far || (first > too_far && !urgent)) {
        slots.again = first - campaign_horizon;
        return slots;
    }
    slots.first = first;
    slots.every = interval(after);
    slots.count = std::clamp(wanted, 1, static_cast<int>(std::ceil(after.rate * most_at_once)));
    after.next = first + (slots.count * slots.every.count() + 999) / 1'000;
    pace = after;
    return slots;
}

void slow_down(Pace& pace, Micros now, Millis hint) {
    recover(pace, now);
    const auto wait = std::clamp(hint, Millis::zero(), Millis(longest_hint));
    pace.blocked_until = std::max(pace.blocked_until, now + Micros{wait / std::chrono::microseconds(1)});
    if (pace.slowed_at != 0 && now >= pace.slowed_at && now - pace.slowed_at < between_halvings) return;
    pace.rate = std::max(pace.configured * floor_share, pace.rate / 2);
    pace.slowed_at = now;
}

}  // namespace dakiya::domain
