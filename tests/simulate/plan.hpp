// What a seed decides before it begins: how large the world is, what its provider promises, and what may
// go wrong in it. Every kind of trouble is there in some seeds and not in others, so that a finding of one
// kind is not buried below the others.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace dakiya::simulate {

// Of the provider, about a send whose answer was lost (docs/design.md 3.6).
enum class Promise : std::uint8_t { correlating, queryable, idempotent, blind };

// "once in so many times", 0: never.
struct Plan {
    int nodes = 1;
    Promise promise = Promise::correlating;
    int batch = 1;             // most recipients in one request
    int calls_per_second = 0;  // the provider's limit; 0: none published
    int contacts = 10;
    int page = 0;          // people of a campaign's chunk; 0: as many as a server's own pages have, so all
    int chunks = 2;        // that a node works on at once
    int connections = 64;  // of a node to the provider: what it must hold of a campaign to be supplied
    int campaigns = 1;
    int singles = 0;
    int passwords = 0;     // one-time, asked for by people
    Millis chaos{10'000};  // trouble ends after this

    struct Store {  // of statements, unless it says otherwise
        int busy = 0, lost = 0, refused = 0;
        int commit_lost = 0;  // of commits: the connection goes, with or without the commit
        int stall = 0;        // the process stands still in the middle of its work
        int outage = 0;       // of ticks: the database is away for a while, for everybody
    } store;
    struct Wire {  // of requests
        int no_connection = 0, slow_connection = 0;
        int request_lost = 0, answer_lost = 0, late = 0;
        int garbled = 0;  // an answer at which the plugin throws
    } wire;
    struct Provider {  // of recipients
        int refused = 0, throttled = 0, trouble = 0, misconfigured = 0;
        int fails_later = 0;    // accepted, then reported as failed
        int webhook_twice = 0;  // of deliveries
    } provider;
    struct Process {  // of ticks
        int crash = 0, freeze = 0, clock_jump = 0;
    } process;
    struct People {  // of ticks
        int pause = 0, cancel = 0, pace = 0, stop = 0;
        int retry_failed = 0;
    } people;
    struct Route {
        int steps = 0;    // after the first message, of campaigns and singles
        int after_s = 0;  // a step begins so long after a message that was not delivered; 0: failures only
        bool on_failure = true;
        bool resend = false;  // of campaigns: a message whose answer was lost is sent again
    } route;
    struct Limits {       // 0: none
        int per_day = 0;  // the tenant's quota
        int people = 0;   // whom templates of campaigns may reach first within 24 hours
    } limits;
};

Plan draw_plan(std::uint64_t seed);
std::string describe(const Plan& plan);

}  // namespace dakiya::simulate
