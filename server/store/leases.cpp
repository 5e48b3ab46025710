#include "store/leases.hpp"

#include "store/sql.hpp"

namespace dakiya::store::leases {

bool free(Session& session, std::string_view name, std::string_view owner, std::int64_t now_ms) {
    return session
        .query("SELECT name FROM leases WHERE name = ? AND lease_until > ? AND owner <> ?",
               {std::string(name), now_ms, std::string(owner)})
        .empty();
}

std::optional<Lease> acquire(Session& session, std::string_view name, std::string_view owner,
                             std::int64_t now_ms, std::int64_t until_ms) {
    const auto won = session.execute(
        "UPDATE leases SET owner = ?, fence = fence + 1, lease_until = ? "
        "WHERE name = ? AND (lease_until <= ? OR owner = ?)",
        {std::string(owner), until_ms, std::string(name), now_ms, std::string(owner)});
    if (won == 1) {
        const Rows rows = session.query("SELECT fence FROM leases WHERE name = ?", {std::string(name)});
        return Lease{std::string(name), std::string(owner), rows.at(0).integer(0), until_ms};
    }
    // Somebody else's, or the first time that anybody asks for it.
    const auto created =
        session.execute("INSERT INTO leases (name, owner, fence, lease_until) VALUES (?, ?, 1, ?)" +
                            unless_there(session.dialect(), "name"),
                        {std::string(name), std::string(owner), until_ms});
    if (created == 0) return std::nullopt;
    return Lease{std::string(name), std::string(owner), 1, until_ms};
}

bool renew(Session& session, Lease& lease, std::int64_t until_ms) {
    if (!holds(session, lease)) return false;
    session.execute("UPDATE leases SET lease_until = ? WHERE name = ? AND fence = ?",
                    {until_ms, lease.name, lease.fence});
    lease.until_ms = until_ms;
    return true;
}

void release(Session& session, const Lease& lease) {
    session.execute("UPDATE leases SET lease_until = 0 WHERE name = ? AND owner = ? AND fence = ?",
                    {lease.name, lease.owner, lease.fence});
}

bool holds(Session& session, const Lease& lease) {
    return !session
                .query(
                    "SELECT fence FROM leases WHERE name = ? AND owner = ? AND fence = ? AND lease_until > "
                    "0" +
                        for_update(session.dialect()),
                    {lease.name, lease.owner, lease.fence})
                .empty();
}

}  // namespace dakiya::store::leases
