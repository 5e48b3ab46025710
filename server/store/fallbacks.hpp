// Messages whose next step may be due (domain/route). A row lives from the end of an attempt until somebody
// has decided; it is written in the transaction of the outcome or the event that it comes from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"

namespace dakiya::store {

struct Fallback {
    Id message = 0;
    Id tenant = 0;
    Id route = 0;             // the campaign that a person made; 0: a single message
    std::int64_t due_at = 0;  // Unix ms: not looked at before
};

namespace fallbacks {

// A row that is there already gets the new time.
void insert(Session& session, std::span<const Fallback> rows);
// Of single messages, or of a route that goes on.
bool any_due(Session& session, std::int64_t now_ms);
// The earliest first.
std::vector<Fallback> due(Session& session, Id route, std::int64_t now_ms, int limit);
// Takes these rows away. False when one was gone: another server decides about it, and what the caller
// decided must not be written.
bool take(Session& session, std::span<const Fallback> rows);
// Whether anything is left to decide, to send or to try again in these campaigns: a route and its steps. One
// statement, so that what is on its way from one step to the next is seen on one side.
bool anything_open(Session& session, Id route, std::span<const Id> campaigns);
// Of a route that was cancelled; at most `limit` at once. How many there were.
std::uint64_t forget(Session& session, Id route, int limit);

}  // namespace fallbacks

}  // namespace dakiya::store
