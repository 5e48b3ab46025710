#include "store/media_handles.hpp"

#include "store/ids.hpp"
#include "store/sql.hpp"

namespace dakiya::store {

namespace {

// The provider's clock may differ from ours, and what we send may wait there before it is read.
constexpr std::int64_t still_good_ms = 10LL * 60 * 1000;

constexpr std::string_view select =
    "SELECT id, tenant_id, connection_id, sender, media_id, state, handle, url, expires_at, renew_at, "
    "due_at, "
    "attempts, fence, error, ready_at FROM media_handles ";

MediaHandle from_row(const Row& row) {
    return {row.integer(0),  row.integer(1), row.integer(2),  row.text(3),
            row.integer(4),  row.text(5),    row.text(6),     row.text(7),
            row.integer(8),  row.integer(9), row.integer(10), static_cast<int>(row.integer(11)),
            row.integer(12), row.text(13),   row.integer(14)};
}

std::vector<Id> ids_of(const std::vector<MediaHandle>& rows) {
    std::vector<Id> ids;
    for (const MediaHandle& row : rows) ids.push_back(row.id);
    return ids;
}

}  // namespace

std::int64_t MediaHandle::usable_until() const { return expires_at == 0 ? 0 : expires_at - still_good_ms; }

bool MediaHandle::usable(std::int64_t now_ms) const {
    return !(handle.empty() && url.empty()) && (expires_at == 0 || now_ms < usable_until());
}

bool MediaHandle::at_rest(std::int64_t now_ms) const {
    return usable(now_ms) && state == "ready" && (renew_at == 0 || renew_at > now_ms);
}

namespace media_handles {

std::optional<MediaHandle> find(Session& session, Scope scope, const MediaKey& key) {
    return first_row(
        session.query(
            std::string(select) + "WHERE connection_id = ? AND media_id = ? AND sender = ? AND tenant_id = ?",
            {key.connection, key.media, key.sender, scope.tenant}),
        from_row);
}

MediaHandle want(Session& session, Scope scope, const MediaKey& key, bool afresh, std::int64_t now_ms) {
    auto row = find(session, scope, key);
    if (!row) {
        session.execute(
            "INSERT INTO media_handles (id, tenant_id, connection_id, sender, media_id, state, handle, url, "
            "expires_at, renew_at, due_at, attempts, fence, error) "
            "VALUES (?, ?, ?, ?, ?, 'wanted', '', '', 0, 0, ?, 0, 0, '')" +
                unless_there(session.dialect(), "id"),
            {reserve_ids(session, 1), scope.tenant, key.connection, key.sender, key.media, now_ms});
        return *find(session, scope, key);
    }
    const bool again = row->state == "failed" && (afresh || (row->usable(now_ms) && row->due_at <= now_ms));
    if (!again && (row->state != "ready" || row->at_rest(now_ms))) return *row;
    row->state = "wanted";
    row->attempts = 0;
    row->due_at = now_ms;
    session.execute(
        "UPDATE media_handles SET state = 'wanted', attempts = 0, due_at = ?, fence = fence + 1 "
        "WHERE id = ? AND tenant_id = ?",
        {now_ms, row->id, scope.tenant});
    return *row;
}

void try_again(Session& session, Scope scope, Id connection, Id media, std::int64_t now_ms) {
    session.execute(
        "UPDATE media_handles SET state = 'wanted', attempts = 0, due_at = ?, fence = fence + 1 "
        "WHERE connection_id = ? AND media_id = ? AND tenant_id = ? AND state = 'failed'",
        {now_ms, connection, media, scope.tenant});
}

bool any_due(Session& session, std::int64_t now_ms) {
    return !session
                .query("SELECT id FROM media_handles WHERE state = 'wanted' AND due_at <= ? LIMIT 1",
                       {now_ms})
                .empty();
}

std::vector<MediaHandle> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit) {
    std::vector<MediaHandle> rows = map_rows(
        session.query(std::string(select) + "WHERE state = 'wanted' AND due_at <= ? ORDER BY due_at LIMIT ?" +
                          for_update_of_free(session.dialect()),
                      {now_ms, std::int64_t{limit}}),
        from_row);
    if (rows.empty()) return rows;
    for (MediaHandle& row : rows) {
        ++row.attempts;
        ++row.fence;
        row.due_at = until_ms;
    }
    std::vector<Value> values{until_ms};
    const auto ids = ids_of(rows);
    append_ids(values, ids);
    session.execute(
        "UPDATE media_handles SET due_at = ?, attempts = attempts + 1, fence = fence + 1 WHERE id IN " +
            placeholders(ids.size()),
        values);
    return rows;
}

void renew(Session& session, std::span<const Id> ids, std::int64_t until_ms) {
    if (ids.empty()) return;
    std::vector<Value> values{until_ms};
    append_ids(values, ids);
    session.execute(
        "UPDATE media_handles SET due_at = ? WHERE state = 'wanted' AND id IN " + placeholders(ids.size()),
        values);
}

void finish(Session& session, const MediaHandle& h) {
    session.execute(
        "UPDATE media_handles SET state = ?, handle = ?, url = ?, expires_at = ?, renew_at = ?, due_at = ?, "
        "attempts = ?, error = ?, ready_at = ?, fence = fence + 1 WHERE id = ? AND tenant_id = ? AND fence = "
        "?",
        {h.state, h.handle, h.url, h.expires_at, h.renew_at, h.due_at, std::int64_t{h.attempts}, h.error,
         h.ready_at, h.id, h.tenant, h.fence});
}

void gone(Session& session, const MediaHandle& h, std::int64_t now_ms) {
    const auto named = session.execute(
        "UPDATE media_handles SET handle = '', url = '' WHERE id = ? AND tenant_id = ? AND handle = ? AND "
        "url = ?",
        {h.id, h.tenant, h.handle, h.url});
    if (named == 0) return;
    session.execute(
        "UPDATE media_handles SET state = 'wanted', attempts = 0, due_at = ?, fence = fence + 1 "
        "WHERE id = ? AND tenant_id = ? AND state = 'ready'",
        {now_ms, h.id, h.tenant});
}

void forget(Session& session, Scope scope, Id connection) {
    session.execute("DELETE FROM media_handles WHERE connection_id = ? AND tenant_id = ?",
                    {connection, scope.tenant});
}

}  // namespace media_handles

}  // namespace dakiya::store
