// How many of a campaign's messages, one after the other, failed by now: answered or reported, whichever
// server heard it.
#pragma once

#include <cstdint>
#include <optional>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

// Of the last `messages` that were attempted up to the message `last`, in the order of their ids; attempts
// before `since_ms` are left out. Nothing: there are not as many close by.
std::optional<int> failed_among(Session& session, Scope scope, Id campaign, Id last, int messages,
                                std::int64_t since_ms);

}  // namespace dakiya::store
