// The last look before messages are marked: those whose person has written STOP since they were read must
// not go any more, nor those that follow an earlier message (a step of a route, "retry failed") which has
// reached its person meanwhile. Part of the transaction that marks them, so an event that is applied at the
// same time comes before or after it, never beside it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "store/follow_ups.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

// By message: why it must not go (domain::reason).
using Overtaken = std::map<Id, std::string_view>;

// Messages of one campaign that are about to be marked, and where to say which of them must not go.
struct Launch {
    std::span<const store::Message> messages;
    domain::Follows follows;
    // Of their tenant's suppressions, when these addresses were looked up; nothing: they were not.
    std::optional<std::int64_t> suppressions;
    Overtaken* overtaken;
};
void find_overtaken(store::Session& session, std::span<const Launch> launches);

// Of what was just taken from the queue, whatever it is.
Overtaken overtaken(store::Session& session, std::span<const store::Queued> taken);

}  // namespace dakiya::send
