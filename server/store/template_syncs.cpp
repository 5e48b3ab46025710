#include "store/template_syncs.hpp"

#include "store/sql.hpp"

namespace dakiya::store::template_syncs {

namespace {

constexpr std::string_view columns =
    "connection_id, tenant_id, run, step, memo, state, error, started_at, finished_at";

TemplateSync from_row(const Row& row) {
    return {row.integer(0), row.integer(1), row.integer(2), row.text(3),   row.text(4),
            row.text(5),    row.text(6),    row.integer(7), row.integer(8)};
}

std::string select() { return "SELECT " + std::string(columns) + " FROM template_syncs "; }

}  // namespace

std::optional<TemplateSync> find(Session& session, Scope scope, Id connection) {
    return first_row(
        session.query(select() + "WHERE connection_id = ? AND tenant_id = ?", {connection, scope.tenant}),
        from_row);
}

void save(Session& session, const TemplateSync& s) {
    session.execute(
        "INSERT INTO template_syncs (" + std::string(columns) + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" +
            overwrite(session.dialect(), "connection_id",
                      {"run", "step", "memo", "state", "error", "started_at", "finished_at"}),
        {s.connection, s.tenant, s.run, s.step, s.memo, s.state, s.error, s.started_at, s.finished_at});
}

std::vector<TemplateSync> running(Session& session, int limit) {
    return map_rows(session.query(select() + "WHERE state = 'running' ORDER BY started_at LIMIT ?", {limit}),
                    from_row);
}

std::vector<Due> due(Session& session, std::int64_t started_before_ms, int limit) {
    return map_rows(session.query("SELECT c.id, c.tenant_id FROM connections c "
                                  "LEFT JOIN template_syncs s ON s.connection_id = c.id "
                                  "WHERE c.state = 'enabled' AND (s.started_at IS NULL OR s.started_at < ?) "
                                  "ORDER BY c.id LIMIT ?",
                                  {started_before_ms, limit}),
                    [](const Row& row) {
                        return Due{row.integer(0), row.integer(1)};
                    });
}

}  // namespace dakiya::store::template_syncs
