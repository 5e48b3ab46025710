// A message that became uncertain because its server was lost, and of which that server says later that it
// was surely not taken: it is tried again, as it would have been (send/late, docs/reliability.md).
#pragma once

#include "receive/apply.hpp"
#include "store/messages.hpp"

namespace dakiya::receive {

enum class Again {
    no,      // a status like any other: it says nothing of a further attempt, or comes too late for one (the
             // campaign was cancelled, another message has followed)
    queued,  // in place of its outcome the message has a row in `queue`, which is the event's `again`; one
             // whose deadline has passed ends there as expired
    over     // nothing is left to do: it was queued before, a later attempt was lost, or its end is known
};

// outcome: of the message; null: none yet.
Again requeue(store::Session& session, const Incoming& incoming, Id message, const store::Outcome* outcome);

}  // namespace dakiya::receive
