// What a server knows of messages that are somebody else's by now: its lease ran out while it was stopped or
// cut off, and the next owner had to call them uncertain. The knowledge is handed on as an event, which
// moves them forward like a provider's report (docs/reliability.md).
#pragma once

#include "send/flush.hpp"

namespace dakiya::send {

// Inside a writer's unit; again does no harm. Skips what the store knows already, and what is being tried
// again. `resent`: the next owner sends unsettled messages again (Job::sent_again), so a refusal that we got
// says nothing about how they end. A success does, and stops that.
// The deferred ones wait to be tried again; their `attempts` count the lost one even if it came to nothing:
// by that number the next owner's `uncertain` is known to be of the same attempt, and of no later one.
void hand_on(store::Session& session, const Flush& known, Id connection, bool resent, std::int64_t now_ms);

}  // namespace dakiya::send
