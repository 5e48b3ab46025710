#include "store/imports.hpp"

#include "store/sql.hpp"

namespace dakiya::store::imports {

namespace {

constexpr std::string_view select =
    "SELECT id, tenant_id, state, file, mapping, next_row, n_created, n_updated, n_failed, error, "
    "created_at, "
    "finished_at FROM imports ";

Import from_row(const Row& row) {
    return {row.integer(0), row.integer(1), row.text(2),    row.text(3), row.text(4),     row.integer(5),
            row.integer(6), row.integer(7), row.integer(8), row.text(9), row.integer(10), row.integer(11)};
}

}  // namespace

void create(Session& session, const Import& i) {
    session.execute(
        "INSERT INTO imports (id, tenant_id, state, file, mapping, next_row, n_created, n_updated, n_failed, "
        "error, created_at, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {i.id, i.tenant, i.state, i.file, i.mapping, i.next_row, i.n_created, i.n_updated, i.n_failed,
         i.error, i.created_at, i.finished_at});
}

std::optional<Import> find(Session& session, Scope scope, Id id) {
    return first_row(
        session.query(std::string(select) + "WHERE id = ? AND tenant_id = ?", {id, scope.tenant}), from_row);
}

std::vector<Import> list(Session& session, Scope scope, Id before, int limit) {
    return map_rows(
        session.query(std::string(select) + "WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
                      {scope.tenant, below(before), limit}),
        from_row);
}

std::optional<Import> next_unfinished(Session& session, Id after) {
    return first_row(
        session.query(
            std::string(select) +
                "WHERE finished_at = 0 AND state IN ('queued', 'running') AND id > ? ORDER BY id LIMIT 1",
            {after}),
        from_row);
}

bool progress(Session& session, const Import& i, std::int64_t from_row) {
    return session.execute(
               "UPDATE imports SET state = ?, next_row = ?, n_created = ?, n_updated = ?, n_failed = ? "
               "WHERE id = ? AND tenant_id = ? AND next_row = ? AND finished_at = 0",
               {i.state, i.next_row, i.n_created, i.n_updated, i.n_failed, i.id, i.tenant, from_row}) == 1;
}

bool finish(Session& session, const Import& i, std::int64_t now_ms) {
    return session.execute(
               "UPDATE imports SET state = ?, error = ?, finished_at = ? "
               "WHERE id = ? AND tenant_id = ? AND finished_at = 0",
               {i.state, i.error, now_ms, i.id, i.tenant}) == 1;
}

void append_errors(Session& session, Scope scope, Id id, std::span<const ImportError> errors) {
    std::vector<Value> values;
    values.reserve(errors.size() * 7);
    for (const ImportError& e : errors)
        values.insert(values.end(), {id, e.line, scope.tenant, e.field, e.reason, e.text, e.raw});
    session.insert_rows(
        "INSERT INTO import_errors (import_id, line, tenant_id, field, reason, text, raw) VALUES", 7, values);
}

std::vector<ImportError> errors(Session& session, Scope scope, Id id, std::int64_t after_line, int limit) {
    return map_rows(
        session.query("SELECT line, field, reason, text, raw FROM import_errors "
                      "WHERE import_id = ? AND line > ? AND tenant_id = ? ORDER BY line LIMIT ?",
                      {id, after_line, scope.tenant, limit}),
        [](const Row& row) {
            return ImportError{row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4)};
        });
}

}  // namespace dakiya::store::imports
