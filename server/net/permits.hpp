// The permits that are here of one limit, in slices, each permit for its own moment. A value: the limiter
// passes the time and guards it.
#pragma once

#include <algorithm>
#include <deque>

#include "base/clock.hpp"
#include "net/grant_source.hpp"

namespace dakiya::net {

class Permits {
public:
    void add(const Granted& granted);
    void clear() { slices_.clear(); }
    // No permit is good before that.
    void block(Steady until) { blocked_until_ = std::max(blocked_until_, until); }
    Steady blocked_until() const { return blocked_until_; }

    // Takes one whose moment has come.
    bool take(Steady now);
    // Forgets those whose moment is long over: a process that was stalled must not catch up, for others are
    // sending in the present.
    void drop_stale(Steady now);

    int count() const;
    // Those of them that will not be stale by then.
    int count_good_at(Steady moment) const;
    int count_until(Steady moment) const;  // those whose moment comes before that
    Steady next() const;                   // of the first; there must be one
    Steady end() const;                    // of the last slice; there must be one

    // When the `nth` from now (1 is the next) will have its turn, if all further permits come to us at the
    // rate of the last slice (before the first one: per_second).
    Steady free_at(int nth, Steady now, double per_second) const;

private:
    struct Slice {
        Steady next;
        std::chrono::nanoseconds every;
        int count;

        Steady end() const { return next + every * count; }
        void drop() {
            next += every;
            --count;
        }
    };

    std::deque<Slice> slices_;
    std::chrono::nanoseconds every_{0};  // of the last slice
    Steady blocked_until_{};
};

}  // namespace dakiya::net
