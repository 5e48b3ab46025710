#include "store/idempotency.hpp"

#include "store/sql.hpp"

namespace dakiya::store::idempotency {

namespace {

using State = Idempotent::State;

Rows mark(Session& session, Scope scope, std::string_view key) {
    return session.query(
        "SELECT request_hash, state, status, body, created_at FROM idempotency "
        "WHERE tenant_id = ? AND idem_key = ?" +
            for_update(session.dialect()),
        {scope.tenant, std::string(key)});
}

// `started`: free for this request.
Idempotent state_of(const Rows& there, std::string_view request_hash, std::int64_t abandoned_before_ms) {
    if (there.empty()) return {State::started, 0, ""};
    const Row& row = there.front();
    if (row.text(0) != request_hash) return {State::mismatch, 0, ""};
    if (row.text(1) == "done") return {State::replay, static_cast<int>(row.integer(2)), row.text(3)};
    return {row.integer(4) >= abandoned_before_ms ? State::in_progress : State::started, 0, ""};
}

}  // namespace

Idempotent begin(Session& session, Scope scope, std::string_view key, std::string_view request_hash,
                 std::int64_t now_ms, std::int64_t abandoned_before_ms) {
    const Rows there = mark(session, scope, key);
    Idempotent found = state_of(there, request_hash, abandoned_before_ms);
    if (found.state != State::started) return found;
    if (there.empty())
        session.execute(
            "INSERT INTO idempotency (tenant_id, idem_key, request_hash, state, status, body, created_at) "
            "VALUES (?, ?, ?, 'started', 0, '', ?)",
            {scope.tenant, std::string(key), std::string(request_hash), now_ms});
    else
        session.execute("UPDATE idempotency SET created_at = ? WHERE tenant_id = ? AND idem_key = ?",
                        {now_ms, scope.tenant, std::string(key)});
    return found;
}

Idempotent find(Session& session, Scope scope, std::string_view key, std::string_view request_hash,
                std::int64_t abandoned_before_ms) {
    return state_of(mark(session, scope, key), request_hash, abandoned_before_ms);
}

void keep(Session& session, Scope scope, std::string_view key, std::string_view request_hash, int status,
          std::string_view body, std::int64_t now_ms) {
    session.execute(
        "INSERT INTO idempotency (tenant_id, idem_key, request_hash, state, status, body, created_at) "
        "VALUES (?, ?, ?, 'done', ?, ?, ?)" +
            overwrite(session.dialect(), "tenant_id, idem_key",
                      {"request_hash", "state", "status", "body", "created_at"}),
        {scope.tenant, std::string(key), std::string(request_hash), status, std::string(body), now_ms});
}

bool finish(Session& session, Scope scope, std::string_view key, std::string_view request_hash, int status,
            std::string_view body) {
    return session.execute(
               "UPDATE idempotency SET state = 'done', status = ?, body = ? "
               "WHERE tenant_id = ? AND idem_key = ? AND request_hash = ? AND state = 'started'",
               {status, std::string(body), scope.tenant, std::string(key), std::string(request_hash)}) == 1;
}

void abandon(Session& session, Scope scope, std::string_view key, std::string_view request_hash) {
    session.execute(
        "DELETE FROM idempotency WHERE tenant_id = ? AND idem_key = ? AND request_hash = ? AND state = "
        "'started'",
        {scope.tenant, std::string(key), std::string(request_hash)});
}

std::uint64_t forget(Session& session, std::int64_t made_before_ms, int limit) {
    const Rows old = session.query("SELECT tenant_id, idem_key FROM idempotency WHERE created_at < ? LIMIT ?",
                                   {made_before_ms, limit});
    for (const Row& row : old)
        session.execute("DELETE FROM idempotency WHERE tenant_id = ? AND idem_key = ?",
                        {row.integer(0), row.text(1)});
    return old.size();
}

}  // namespace dakiya::store::idempotency
