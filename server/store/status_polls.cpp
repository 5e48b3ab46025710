#include "store/status_polls.hpp"

#include "store/sql.hpp"

namespace dakiya::store::status_polls {

namespace {

std::vector<Id> ids_of(std::span<const StatusPoll> rows) {
    std::vector<Id> ids;
    for (const StatusPoll& row : rows) ids.push_back(row.message);
    return ids;
}

}  // namespace

void insert(Session& session, std::span<const StatusPoll> rows) {
    if (rows.empty()) return;
    std::vector<Value> values;
    for (const StatusPoll& p : rows)
        values.insert(values.end(),
                      {p.message, p.tenant, p.connection, p.provider_id, p.due_at, std::int64_t{p.attempts}});
    session.insert_rows(
        "INSERT INTO status_polls (message_id, tenant_id, connection_id, provider_id, due_at, attempts) "
        "VALUES",
        6, values, unless_there(session.dialect(), "message_id"));
}

bool any_due(Session& session, std::int64_t now_ms) {
    return !session.query("SELECT message_id FROM status_polls WHERE due_at <= ? LIMIT 1", {now_ms}).empty();
}

std::vector<StatusPoll> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit) {
    std::vector<StatusPoll> rows = map_rows(
        session.query(
            "SELECT message_id, tenant_id, connection_id, provider_id, due_at, attempts FROM status_polls "
            "WHERE due_at <= ? ORDER BY due_at LIMIT ?" +
                for_update_of_free(session.dialect()),
            {now_ms, std::int64_t{limit}}),
        [](const Row& row) {
            return StatusPoll{row.integer(0), row.integer(1), row.integer(2),
                              row.text(3),    row.integer(4), static_cast<int>(row.integer(5))};
        });
    if (rows.empty()) return rows;
    std::vector<Value> values{until_ms};
    const auto ids = ids_of(rows);
    append_ids(values, ids);
    session.execute("UPDATE status_polls SET due_at = ? WHERE message_id IN " + placeholders(ids.size()),
                    values);
    return rows;
}

void reschedule(Session& session, std::span<const StatusPoll> rows) {
    if (rows.empty()) return;
    std::vector<Value> values{rows.front().due_at, std::int64_t{rows.front().attempts}};
    const auto ids = ids_of(rows);
    append_ids(values, ids);
    session.execute(
        "UPDATE status_polls SET due_at = ?, attempts = ? WHERE message_id IN " + placeholders(ids.size()),
        values);
}

void remove(Session& session, std::span<const StatusPoll> rows) {
    if (rows.empty()) return;
    std::vector<Value> values;
    const auto ids = ids_of(rows);
    append_ids(values, ids);
    session.execute("DELETE FROM status_polls WHERE message_id IN " + placeholders(ids.size()), values);
}

}  // namespace dakiya::store::status_polls
