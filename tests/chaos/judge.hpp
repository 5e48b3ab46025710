// What a trial has to show in the end: each recipient's fate as the server says it, held against what the
// provider accepted. Pure, so that the judge can be judged (judge_test.cpp).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/message.hpp"

namespace chaos {

using dakiya::domain::State;

// What the server's store says of one message.
struct Fate {
    std::int64_t message = 0;
    std::string address;  // digits
    State state = State::queued;
    std::string code;  // why it failed, or is uncertain
};

// One recipient that the provider accepted.
struct Accepted {
    std::string to;       // digits
    bool failed = false;  // told us later that it failed
};

// States that were seen while the trial ran: each message only moves forward (but see lost owners).
class History {
public:
    void see(const std::vector<Fate>& fates);
    int backwards() const { return backwards_; }
    // Messages that were uncertain at some moment.
    const std::set<std::int64_t>& uncertain() const { return uncertain_; }

private:
    std::map<std::int64_t, Fate> last_;
    std::set<std::int64_t> uncertain_;
    int backwards_ = 0;
};

struct Expected {
    int recipients = 0;
    bool correlating =
        false;             // the provider's events bring our reference, and it repeats them until they arrive
    bool certain = false;  // none of the trial's faults can lose a provider's answer
    std::map<State, std::int64_t> counted;  // the statistics that the server shows of the campaign
    std::set<std::int64_t> singles;         // messages that are not the campaign's
};

struct Findings {
    int lost = 0;  // forgotten, or called sent while the provider never took it, or failed without its word
    int duplicated = 0;   // requests that the provider accepted beyond the first, for one person
    int unsent = 0;       // failed by us: its server was cut off after a refusal, and came back too late
    int uncertain = 0;    // in the end
    int settled = 0;      // were uncertain, and are not any more
    int stuck = 0;        // neither settled nor uncertain
    int backwards = 0;    // moved to a lower state
    int miscounted = 0;   // states of which statistics and recipients disagree
    int unexplained = 0;  // uncertain where it can be known
    std::vector<std::string> examples;  // one sentence each, a few

    bool good() const { return lost + duplicated + stuck + backwards + miscounted + unexplained == 0; }
    Findings& operator+=(const Findings& other);
};

Findings judge(const Expected& expected, const std::vector<Fate>& fates,
               const std::vector<Accepted>& accepted, const History& history);

}  // namespace chaos
