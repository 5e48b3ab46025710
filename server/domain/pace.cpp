#include "domain/pace.hpp"

#include <algorithm>
#include <cmath>

namespace dakiya::domain {

namespace {

constexpr double slowest = 0.001;          // tokens per second
constexpr double floor_share = 1.0 / 16;   // of the configured rate: how far throttling can push it
constexpr double growth_share = 1.0 / 16;  // of the configured rate: what a calm second gives back
constexpr std::chrono::seconds between_halvings{1};
constexpr std::chrono::hours longest_hint{24};

double seconds(Steady::duration duration) { return std::chrono::duration<double>(duration).count(); }

// Up to the next millisecond, but not for what is only the rounding error of a double.
Millis rounded_up(double seconds_left) {
    return Millis(static_cast<Millis::rep>(std::ceil(seconds_left * 1000 - 1e-6)));
}

}  // namespace

Bucket::Bucket(double per_second, double burst, Steady now)
    : configured_(std::max(per_second, slowest)),
      burst_(std::max(burst, 1.0)),
      rate_(configured_),
      tokens_(burst_),
      at_(now),
      blocked_until_(now),
      slowed_at_(now) {}

// Tokens come in at the rate of the beginning of the period: callers ask several times a second, and the
// error is on the careful side. Nothing comes in and nothing recovers while the provider's hint holds.
void Bucket::advance(Steady now) {
    const Steady from = std::max(at_, std::min(blocked_until_, now));
    const double calm = seconds(std::max(now, at_) - from);
    tokens_ = std::min(burst_, tokens_ + rate_ * calm);
    rate_ = std::min(configured_, rate_ + configured_ * growth_share * calm);
    at_ = std::max(at_, now);
}

Millis Bucket::wait(Steady now, double count) {
    advance(now);
    const double missing = std::min(count, burst_) - tokens_;
    const Millis for_tokens = missing > 0 ? rounded_up(missing / rate_) : Millis::zero();
    if (blocked_until_ <= now) return for_tokens;
    return std::chrono::ceil<Millis>(blocked_until_ - now) + for_tokens;
}

void Bucket::take(Steady now, double count) {
    advance(now);
    tokens_ -= count;
}

void Bucket::slow_down(Steady now, Millis hint) {
    advance(now);
    blocked_until_ = std::max(blocked_until_, now + std::clamp(hint, Millis::zero(), Millis(longest_hint)));
    if (slowed_ && now - slowed_at_ < between_halvings) return;
    rate_ = std::max(configured_ * floor_share, rate_ / 2);
    tokens_ = std::min(tokens_, 0.0);  // what was saved up would go out at once
    slowed_at_ = now;
    slowed_ = true;
}

void Bucket::configure(double per_second, double burst, Steady now) {
    advance(now);
    configured_ = rate_ = std::max(per_second, slowest);
    burst_ = std::max(burst, 1.0);
    tokens_ = std::min(tokens_, burst_);
    blocked_until_ = now;
    slowed_ = false;
}

double Bucket::rate(Steady now) {
    advance(now);
    return rate_;
}

}  // namespace dakiya::domain
