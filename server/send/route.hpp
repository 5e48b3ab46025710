// The campaigns of one route: the first, which a person made, and one for each later step, made when its
// first message comes. They begin, pause and end together.
#pragma once

#include <vector>

#include "store/campaigns.hpp"

namespace dakiya::send {

// The campaign of the step after `from`, locked; made when it is not there, open again when it had ended.
// steps: those that are left after `from`, not empty. Inside a unit that holds the route's lock.
store::Campaign open_step(store::Session& session, const store::Campaign& from,
                          const std::vector<domain::Step>& steps, std::int64_t now_ms);

// What a person or a stop rule does with the first campaign happens to its steps, where their state allows
// it. How many changed.
int change_steps(store::Session& session, const store::Campaign& route, domain::Action action,
                 std::string_view text, std::int64_t now_ms);

// Whether anything is left to send or to decide in the campaign and its steps.
bool route_open(store::Session& session, const store::Campaign& route);

// Completes the route and its steps if nothing of them is open any more. Inside a unit.
bool complete_route(store::Session& session, Id route, std::int64_t now_ms);

}  // namespace dakiya::send
