// News that begin a further step of a route: a message that was accepted failed after all, or an uncertain
// one turned out sent. Enters it among store/fallbacks, in the transaction that applies the event.
#pragma once

#include <vector>

#include "store/messages.hpp"

namespace dakiya::receive {

// changed: outcomes as they are now, whose state has just moved to failed, or from uncertain to sent. A
// campaign that had ended is open again; one that was cancelled stays so.
void note_next_steps(store::Session& session, const std::vector<store::Outcome>& changed,
                     std::int64_t now_ms);

}  // namespace dakiya::receive
