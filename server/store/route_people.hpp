// How the people of a route fare. A campaign's counters are of messages, and somebody who went on to a
// further step has several. One of them stands for the person, the best (domain::outdoes); how many others
// there are is counted here, by step and state. So a step's people are its counters less these, and nothing
// is counted over recipients. Counted in the transaction that changes a message, like everything else.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "domain/message.hpp"
#include "store/campaigns.hpp"

namespace dakiya::store::route_people {

struct Change {
    Id message = 0;
    std::optional<domain::State> before;  // nothing: the message is new
    domain::State after = domain::State::queued;
};

// After these changes were written, once for each, and a message once only. Those that have neither an
// earlier nor a later message in their route change nothing. Locks what it looks at.
void count(Session& session, std::span<const Change> changes);

// Of these campaigns, those that belong to a route of several steps.
std::vector<Id> with_route(Session& session, std::span<const Id> campaigns);

// By campaign and state; both are left out where there is none.
std::map<Id, campaigns::StateCounts> outdone(Session& session, std::span<const Id> campaigns);

}  // namespace dakiya::store::route_people
