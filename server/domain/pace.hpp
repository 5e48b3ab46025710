// How fast: a token bucket that slows down when the provider says so and recovers by itself. A value
// without a clock or a lock: the owner passes the time and guards it.
#pragma once

#include "base/clock.hpp"

namespace dakiya::domain {

// The rate halves on every throttle, never below 1/16 of the configured rate, and grows by 1/16 of it per
// calm second: additive increase, multiplicative decrease. Times must not go back.
class Bucket {
public:
    // per_second > 0: tokens that come in. burst >= 1: the most that can be saved up; it starts full.
    // Values outside are moved to the nearest that is inside (0.001 per second).
    Bucket(double per_second, double burst, Steady now);

    // How long until `count` tokens are there, rounded up; 0 means take them now. For a count over `burst`
    // it is enough that the bucket is full.
    Millis wait(Steady now, double count = 1);

    // Takes the tokens whether they are there or not; what is missing is owed.
    void take(Steady now, double count = 1);

    // The provider said "too fast". hint: nothing goes before now + hint (at most 24 hours; 0: no hint).
    // The rate halves and saved tokens are dropped, at most once a second: the answers to one burst arrive
    // together.
    void slow_down(Steady now, Millis hint);

    // New settings; the slow-down is forgotten, tokens are kept up to the new burst.
    void configure(double per_second, double burst, Steady now);

    double rate(Steady now);  // tokens per second at this moment

private:
    void advance(Steady now);

    double configured_, burst_, rate_, tokens_;
    Steady at_;             // until when tokens and rate are reckoned
    Steady blocked_until_;  // the provider's hint
    Steady slowed_at_;      // the last halving
    bool slowed_ = false;
};

}  // namespace dakiya::domain
