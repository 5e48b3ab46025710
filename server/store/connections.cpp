#include "store/connections.hpp"

#include "base/text.hpp"
#include "store/sql.hpp"

namespace dakiya::store::connections {

namespace {

constexpr std::size_t state_text_limit = 500;  // bytes, of the column

constexpr std::string_view select =
    "SELECT id, tenant_id, provider, name, settings, secrets, state, state_text, webhook_token, version, "
    "created_at, updated_at, settings_version FROM connections ";

Connection from_row(const Row& row) {
    return {row.integer(0),  row.integer(1),  row.text(2),    row.text(3), row.text(4),
            row.text(5),     row.text(6),     row.text(7),    row.text(8), row.integer(9),
            row.integer(10), row.integer(11), row.integer(12)};
}

}  // namespace

void create(Session& session, const Connection& c) {
    session.execute(
        "INSERT INTO connections (id, tenant_id, provider, name, settings, secrets, state, state_text, "
        "webhook_token, version, created_at, updated_at, settings_version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {c.id, c.tenant, c.provider, c.name, c.settings, c.secrets, c.state, c.state_text, c.webhook_token,
         c.version, c.created_at, c.updated_at, c.settings_version});
}

std::optional<Connection> find(Session& session, Scope scope, Id id) {
    return first_row(
        session.query(std::string(select) + "WHERE id = ? AND tenant_id = ?", {id, scope.tenant}), from_row);
}

std::optional<Connection> find_any(Session& session, Id id) {
    return first_row(session.query(std::string(select) + "WHERE id = ?", {id}), from_row);
}

std::vector<Connection> list(Session& session, Scope scope, Id before, int limit) {
    return map_rows(
        session.query(std::string(select) + "WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
                      {scope.tenant, below(before), limit}),
        from_row);
}

std::vector<Connection> list_any(Session& session, Id after, int limit) {
    return map_rows(session.query(std::string(select) + "WHERE id > ? ORDER BY id LIMIT ?", {after, limit}),
                    from_row);
}

bool update(Session& session, const Connection& c, std::int64_t now_ms) {
    return session.execute(
               "UPDATE connections SET name = ?, settings = ?, secrets = ?, state = ?, state_text = ?, "
               "settings_version = ?, version = version + 1, updated_at = ? WHERE id = ? AND tenant_id = ? "
               "AND version = ?",
               {c.name, c.settings, c.secrets, c.state, c.state_text, c.settings_version, now_ms, c.id,
                c.tenant, c.version}) == 1;
}

void set_state(Session& session, Scope scope, Id id, std::string_view state, std::string_view text,
               std::int64_t now_ms) {
    session.execute(
        "UPDATE connections SET state = ?, state_text = ?, updated_at = ? WHERE id = ? AND tenant_id = ?",
        {std::string(state), std::string(utf8_prefix(text, state_text_limit)), now_ms, id, scope.tenant});
}

bool remove(Session& session, Scope scope, Id id) {
    if (session.execute("DELETE FROM connections WHERE id = ? AND tenant_id = ?", {id, scope.tenant}) != 1)
        return false;
    session.execute("DELETE FROM credentials WHERE connection_id = ?", {id});
    session.execute("DELETE FROM media_handles WHERE connection_id = ? AND tenant_id = ?",
                    {id, scope.tenant});
    session.execute("DELETE FROM templates WHERE connection_id = ? AND tenant_id = ?", {id, scope.tenant});
    session.execute("DELETE FROM template_syncs WHERE connection_id = ? AND tenant_id = ?",
                    {id, scope.tenant});
    return true;
}

}  // namespace dakiya::store::connections
