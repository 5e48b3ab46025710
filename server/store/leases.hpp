// Roles that one node has at a time: "campaigns", "settle", … (send/duty)
//
// A lease ends by the clock, so nodes must agree about the time to within a fraction of its length. What
// its owner writes, it writes in a unit that asks holds() first: an owner that slept through its end then
// changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/db.hpp"

namespace dakiya::store {

struct Lease {
    std::string name;        // at most 64 bytes
    std::string owner;       // a node, at most 64 bytes
    std::int64_t fence = 0;  // rises each time it is acquired
    std::int64_t until_ms = 0;
};

namespace leases {

// Whether acquire() may win it now. Writes nothing.
bool free(Session& session, std::string_view name, std::string_view owner, std::int64_t now_ms);
// Nothing while another owner has it. The same owner gets it anew with a new fence.
std::optional<Lease> acquire(Session& session, std::string_view name, std::string_view owner,
                             std::int64_t now_ms, std::int64_t until_ms);
// False when it is somebody else's by now. Changes lease.until_ms.
bool renew(Session& session, Lease& lease, std::int64_t until_ms);
void release(Session& session, const Lease& lease);
// Whether nobody acquired it since; locks the row until the transaction ends.
bool holds(Session& session, const Lease& lease);

}  // namespace leases

}  // namespace dakiya::store
