#include "store/templates.hpp"

#include "store/ids.hpp"
#include "store/sql.hpp"

namespace dakiya::store::templates {

namespace {

constexpr std::string_view columns =
    "id, tenant_id, connection_id, name, language, category, status, provider_id, components, reason, run, "
    "updated_at";

Template from_row(const Row& row) {
    return {row.integer(0), row.integer(1), row.integer(2), row.text(3), row.text(4),     row.text(5),
            row.text(6),    row.text(7),    row.text(8),    row.text(9), row.integer(10), row.integer(11)};
}

std::string select() { return "SELECT " + std::string(columns) + " FROM templates "; }

}  // namespace

void upsert(Session& session, Scope scope, Id connection, std::span<const Template> rows) {
    if (rows.empty()) return;
    Id id = reserve_ids(session, static_cast<std::int64_t>(rows.size()));
    std::vector<Value> values;
    for (const Template& t : rows)
        values.insert(values.end(), {id++, scope.tenant, connection, t.name, t.language, t.category, t.status,
                                     t.provider_id, t.components, t.reason, t.run, t.updated_at});
    session.insert_rows(
        "INSERT INTO templates (" + std::string(columns) + ") VALUES", 12, values,
        overwrite(session.dialect(), "connection_id, name, language",
                  {"category", "status", "provider_id", "components", "reason", "run", "updated_at"}));
}

std::optional<Template> find(Session& session, Scope scope, Id id) {
    return first_row(session.query(select() + "WHERE id = ? AND tenant_id = ?", {id, scope.tenant}),
                     from_row);
}

std::optional<Template> find(Session& session, Scope scope, Id connection, std::string_view name,
                             std::string_view language) {
    return first_row(
        session.query(select() + "WHERE connection_id = ? AND name = ? AND language = ? AND tenant_id = ?",
                      {connection, std::string(name), std::string(language), scope.tenant}),
        from_row);
}

std::vector<Template> list(Session& session, Scope scope, const TemplateFilter& filter, Id before,
                           int limit) {
    std::string where = "WHERE tenant_id = ? AND id < ? ";
    std::vector<Value> values{scope.tenant, below(before)};
    if (filter.connection != 0) {
        where += "AND connection_id = ? ";
        values.emplace_back(filter.connection);
    }
    if (!filter.status.empty()) {
        where += "AND status = ? ";
        values.emplace_back(filter.status);
    }
    values.emplace_back(limit);
    return map_rows(session.query(select() + where + "ORDER BY id DESC LIMIT ?", values), from_row);
}

bool remove(Session& session, Scope scope, Id id) {
    return session.execute("DELETE FROM templates WHERE id = ? AND tenant_id = ?", {id, scope.tenant}) == 1;
}

std::uint64_t mark_gone(Session& session, Scope scope, Id connection, std::int64_t run, std::int64_t now_ms) {
    return session.execute(
        "UPDATE templates SET status = 'gone', updated_at = ? "
        "WHERE connection_id = ? AND tenant_id = ? AND run < ? AND status <> 'gone'",
        {now_ms, connection, scope.tenant, run});
}

bool set_status(Session& session, Scope scope, Id connection, std::string_view name,
                std::string_view language, std::string_view status, std::string_view reason,
                std::int64_t now_ms) {
    const auto known = find(session, scope, connection, name, language);
    if (!known) return false;
    session.execute(
        "UPDATE templates SET status = ?, reason = ?, updated_at = ? WHERE id = ? AND tenant_id = ?",
        {std::string(status), std::string(reason), now_ms, known->id, scope.tenant});
    return true;
}

}  // namespace dakiya::store::templates
