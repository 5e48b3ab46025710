// One row per limit that servers share: see domain/pace. A limit is nobody's data: its key begins with a
// connection or a campaign, and only engines that were given one come here.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.hpp"
#include "domain/pace.hpp"
#include "store/db.hpp"

namespace dakiya::store::rate_grants {

// The time that all servers of this database agree on: the database's own, or on SQLite, whose servers are on
// one machine, the machine's.
domain::Micros now(Session& session, const Clock& clock);

// Changes the row of `key` (made when it is not there) in the transaction that is under way; other servers
// wait. `change` gets the row and the time.
using Change = std::function<void(domain::Pace&, domain::Micros now)>;
void update(Session& session, const Clock& clock, const std::string& key, const Change& change);

// Removes up to `limit` rows that nobody asked for since. A row that comes back begins at the published rate,
// so it must be older than the longest wait that a provider can ask for.
std::uint64_t forget(Session& session, domain::Micros before, int limit);

}  // namespace dakiya::store::rate_grants
