// How fast, for every server of one database together: a row of slots that nobody owns twice. Values
// without a clock or a lock: the owner passes the time and guards them.
//
// The slots of a limit lie one behind the other, at its rate. Whoever has something to send is granted the
// next few, and sends in them. As no slot is granted twice, all servers together keep to the rate, however
// their own clocks differ: the time is the database's. A slot that passes unused is lost, so nothing is saved
// up and there are no bursts: "80 per second" holds for each second that the provider may look at.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace dakiya::domain {

using Micros = std::int64_t;  // microseconds of Unix time

// One limit. The rate halves when the provider throttles, never below 1/16 of the configured one, and grows
// by 1/16 of it per calm second: additive increase, multiplicative decrease.
struct Pace {
    double published = 0;      // per second, as the settings of the last asker said it; 0: they do not
    double configured = 0;     // the same, or what the provider has reported since
    double rate = 0;           // at `at`: configured, less what throttling took
    Micros next = 0;           // the first slot that nobody owns
    Micros blocked_until = 0;  // the provider said when to go on
    Micros slowed_at = 0;      // the last halving
    Micros at = 0;             // until when the recovery is reckoned

    bool operator==(const Pace&) const = default;
};

// What is granted: `count` slots, the first one at `first`, each `every` after the one before.
struct Slots {
    int count = 0;
    Micros first = 0;
    std::chrono::nanoseconds every{0};
    Micros again = 0;  // count 0: to be asked again then
};

// New settings begin anew with their rate; the same ones change nothing.
void publish(Pace& pace, double per_second, Micros now);

// The provider says that its limit is another than the published one.
void report(Pace& pace, double per_second, Micros now);

// Grants at most `wanted` (> 0) slots and at most 200 ms of them (at least one). Campaigns are granted no
// slot that lies further ahead than 250 ms, so an urgent message, which is granted the next slot wherever it
// lies, is never far behind them. Changes nothing when nothing is granted.
Slots grant(Pace& pace, Micros now, int wanted, bool urgent);

// A provider's hint is believed so far: it may be any number, or a date in the year 9999.
constexpr std::chrono::hours longest_hint{24};

// The provider said "too fast". hint: nothing goes before now + hint (0: no hint). The rate
// halves at most once a second: the answers to one second's sending arrive together.
void slow_down(Pace& pace, Micros now, Millis hint);

}  // namespace dakiya::domain
