// Status events: which message each is about, and what they change. The larger part of apply().
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "receive/apply.hpp"
#include "store/messages.hpp"

namespace dakiya::receive {

// Finds the messages of the given events (indices into `events`), those without one are left out.
// By our reference, else by the provider's id (and the address, where a batch shares an id), else the
// connection's newest message to the address within three days. Within the event's tenant only.
std::map<std::size_t, Id> match(store::Session& session, const std::vector<Incoming>& events,
                                const std::vector<std::size_t>& indices);

// Enters the matched events, and adds to `reports` what they say of campaigns. Returns the indices whose
// message has no outcome yet: our own result is not committed, so they must wait.
std::vector<std::size_t> enter(store::Session& session, const std::vector<Incoming>& events,
                               const std::map<std::size_t, Id>& matched, std::int64_t now_ms,
                               std::vector<Report>& reports);

}  // namespace dakiya::receive
