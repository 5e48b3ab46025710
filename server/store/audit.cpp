#include "store/audit.hpp"

#include "store/sql.hpp"

namespace dakiya::store::audit {

void append(Session& session, const AuditEntry& e) {
    session.execute(
        "INSERT INTO audit_log (id, tenant_id, actor, action, subject, detail, peer, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {e.id, e.tenant, e.actor, e.action, e.subject, e.detail, e.peer, e.at});
}

std::vector<AuditEntry> list(Session& session, Scope scope, Id before, int limit) {
    return map_rows(
        session.query("SELECT id, tenant_id, actor, action, subject, detail, peer, at FROM audit_log "
                      "WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
                      {scope.tenant, below(before), limit}),
        [](const Row& row) {
            return AuditEntry{row.integer(0), row.integer(1), row.text(2), row.text(3),
                              row.text(4),    row.text(5),    row.text(6), row.integer(7)};
        });
}

}  // namespace dakiya::store::audit
