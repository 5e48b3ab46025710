// Businesses whose people a provider counts together (domain/people_limit), whom they wrote to first, and who
// wrote to them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store::portfolios {

struct Portfolio {
    Id id = 0;
    std::int64_t per_day = 0;  // domain::people_unknown, people_unlimited, or so many
};

// The tenant's portfolio of this name, with the connection in it, locked until the transaction ends. Made
// when there is none.
Portfolio with(Session& session, Scope scope, std::string_view name, Id connection);
void set_limit(Session& session, Id portfolio, std::int64_t per_day);
// Of the portfolio that the connection is in. False: it is in none, or that was its limit before.
bool set_limit_of(Session& session, Scope scope, Id connection, std::int64_t per_day);

// By address, the slot in which each was last written to; those of earlier slots are left out.
using Slots = std::map<std::string, std::int64_t>;
Slots slots(Session& session, Id portfolio, std::span<const std::string> addresses, std::int64_t from_slot);
struct InUse {
    std::int64_t people = 0;
    std::int64_t oldest = 0;  // slot, when there are any
};
InUse in_use(Session& session, Id portfolio, std::int64_t from_slot);
// These are written to in `slot`. `before` has those that were counted in an earlier one.
void enter(Session& session, Id portfolio, std::span<const std::string> addresses, const Slots& before,
           std::int64_t slot);

// These messages go out some time after their people were counted: those are counted in `slot` from now on,
// whatever room there is. [at the mark of an attempt out of the queue]
void enter_again(Session& session, std::span<const Id> messages, std::int64_t slot);

// A person wrote to this connection.
void hear(Session& session, Id connection, std::string_view address, std::int64_t at_ms);
std::set<std::string> heard_since(Session& session, Id connection, std::span<const std::string> addresses,
                                  std::int64_t since_ms);

// What counts no more, of all tenants and at most `limit` rows of each kind. Says how many the largest was.
std::uint64_t forget(Session& session, std::int64_t before_slot, std::int64_t heard_before_ms, int limit);

}  // namespace dakiya::store::portfolios
