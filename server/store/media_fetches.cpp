#include "store/media_fetches.hpp"

#include "store/sql.hpp"

namespace dakiya::store::media_fetches {

namespace {

constexpr std::string_view select =
    "SELECT message_id, tenant_id, connection_id, handle, url, mime, filename, state, media_id, due_at, "
    "attempts, "
    "fence, error FROM media_fetches ";

MediaFetch from_row(const Row& row) {
    return {row.integer(0),
            row.integer(1),
            row.integer(2),
            row.text(3),
            row.text(4),
            row.text(5),
            row.text(6),
            row.text(7),
            row.integer(8),
            row.integer(9),
            static_cast<int>(row.integer(10)),
            row.integer(11),
            row.text(12)};
}

}  // namespace

void insert(Session& session, const MediaFetch& f) {
    session.execute(
        "INSERT INTO media_fetches (message_id, tenant_id, connection_id, handle, url, mime, filename, "
        "state, "
        "media_id, due_at, attempts, fence, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {f.message, f.tenant, f.connection, f.handle, f.url, f.mime, f.filename, f.state, f.media, f.due_at,
         std::int64_t{f.attempts}, f.fence, f.error});
}

std::optional<View> of_message(Session& session, Scope scope, Id message) {
    auto fetch = first_row(session.query(std::string(select) + "WHERE message_id = ? AND tenant_id = ?",
                                         {message, scope.tenant}),
                           from_row);
    if (!fetch) return std::nullopt;
    View view{*std::move(fetch), std::nullopt};
    if (view.fetch.media != 0) view.media = media::find(session, scope, view.fetch.media);
    return view;
}

bool any_due(Session& session, std::int64_t now_ms) {
    return !session
                .query("SELECT message_id FROM media_fetches WHERE state = 'waiting' AND due_at <= ? LIMIT 1",
                       {now_ms})
                .empty();
}

std::vector<MediaFetch> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit) {
    std::vector<MediaFetch> rows =
        map_rows(session.query(std::string(select) +
                                   "WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?" +
                                   for_update_of_free(session.dialect()),
                               {now_ms, std::int64_t{limit}}),
                 from_row);
    if (rows.empty()) return rows;
    std::vector<Id> ids;
    for (MediaFetch& row : rows) {
        ++row.attempts;
        ++row.fence;
        row.due_at = until_ms;
        ids.push_back(row.message);
    }
    std::vector<Value> values{until_ms};
    append_ids(values, ids);
    session.execute(
        "UPDATE media_fetches SET due_at = ?, attempts = attempts + 1, fence = fence + 1 WHERE message_id "
        "IN " +
            placeholders(ids.size()),
        values);
    return rows;
}

void renew(Session& session, std::span<const Id> messages, std::int64_t until_ms) {
    if (messages.empty()) return;
    std::vector<Value> values{until_ms};
    append_ids(values, messages);
    session.execute("UPDATE media_fetches SET due_at = ? WHERE state = 'waiting' AND message_id IN " +
                        placeholders(messages.size()),
                    values);
}

bool holds(Session& session, const MediaFetch& f) {
    return !session
                .query(
                    "SELECT message_id FROM media_fetches WHERE message_id = ? AND tenant_id = ? AND fence = "
                    "?" +
                        for_update(session.dialect()),
                    {f.message, f.tenant, f.fence})
                .empty();
}

void finish(Session& session, const MediaFetch& f) {
    session.execute(
        "UPDATE media_fetches SET state = ?, media_id = ?, due_at = ?, error = ?, fence = fence + 1 "
        "WHERE message_id = ? AND tenant_id = ? AND fence = ?",
        {f.state, f.media, f.due_at, f.error, f.message, f.tenant, f.fence});
}

}  // namespace dakiya::store::media_fetches
