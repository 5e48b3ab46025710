#include "store/keys.hpp"

#include "store/sql.hpp"

namespace dakiya::store::keys {

namespace {

constexpr std::int64_t minute_ms = 60'000;

constexpr std::string_view select =
    "SELECT id, tenant_id, name, hash, permissions, created_at, expires_at, last_used_at, revoked_at "
    "FROM api_keys ";

ApiKey from_row(const Row& row) {
    return {row.integer(0), row.integer(1), row.text(2),    row.text(3),   row.text(4),
            row.integer(5), row.integer(6), row.integer(7), row.integer(8)};
}

}  // namespace

void create(Session& session, const ApiKey& k) {
    session.execute(
        "INSERT INTO api_keys (id, tenant_id, name, hash, permissions, created_at, expires_at, last_used_at, "
        "revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {k.id, k.tenant, k.name, k.hash, k.permissions, k.created_at, k.expires_at, k.last_used_at,
         k.revoked_at});
}

std::optional<ApiKey> find_by_hash(Session& session, std::string_view hash) {
    return first_row(session.query(std::string(select) + "WHERE hash = ?", {std::string(hash)}), from_row);
}

bool usable(const ApiKey& key, std::int64_t now_ms) {
    return key.revoked_at == 0 && (key.expires_at == 0 || now_ms < key.expires_at);
}

std::optional<ApiKey> find(Session& session, Scope scope, Id id) {
    return first_row(
        session.query(std::string(select) + "WHERE id = ? AND tenant_id = ?", {id, scope.tenant}), from_row);
}

std::vector<ApiKey> list(Session& session, Scope scope, Id before, int limit) {
    return map_rows(
        session.query(std::string(select) + "WHERE tenant_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
                      {scope.tenant, below(before), limit}),
        from_row);
}

bool revoke(Session& session, Scope scope, Id id, std::int64_t now_ms) {
    return session.execute(
               "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND tenant_id = ? AND revoked_at = 0",
               {now_ms, id, scope.tenant}) == 1;
}

void touch(Session& session, Scope scope, Id id, std::int64_t now_ms) {
    session.execute(
        "UPDATE api_keys SET last_used_at = ? WHERE id = ? AND tenant_id = ? AND last_used_at <= ?",
        {now_ms, id, scope.tenant, now_ms - minute_ms});
}

}  // namespace dakiya::store::keys
