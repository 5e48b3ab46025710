#include "store/credentials.hpp"

#include "store/sql.hpp"

namespace dakiya::store::credentials {

// The table names no tenant; the connection does.
bool save(Session& session, Scope scope, const Credential& c) {
    const Dialect dialect = session.dialect();
    const Rows owner =
        session.query("SELECT id FROM connections WHERE id = ? AND tenant_id = ?" + for_update(dialect),
                      {c.connection, scope.tenant});
    if (owner.empty()) return false;
    session.execute("INSERT INTO credentials (connection_id, sealed, expires_at) VALUES (?, ?, ?)" +
                        overwrite(dialect, "connection_id", {"sealed", "expires_at"}),
                    {c.connection, c.sealed, c.expires_at});
    return true;
}

std::optional<Credential> find(Session& session, Scope scope, Id connection) {
    return first_row(session.query("SELECT k.connection_id, k.sealed, k.expires_at FROM credentials k "
                                   "JOIN connections c ON c.id = k.connection_id "
                                   "WHERE k.connection_id = ? AND c.tenant_id = ?",
                                   {connection, scope.tenant}),
                     [](const Row& row) {
                         return Credential{row.integer(0), row.text(1), row.integer(2)};
                     });
}

}  // namespace dakiya::store::credentials
