#include "store/pending_events.hpp"

#include "store/ids.hpp"
#include "store/sql.hpp"

namespace dakiya::store::pending_events {

void insert(Session& session, const std::vector<PendingEvent>& events) {
    if (events.empty()) return;
    Id id = reserve_ids(session, static_cast<std::int64_t>(events.size()));
    std::vector<Value> values;
    for (const PendingEvent& e : events)
        values.insert(values.end(), {id++, e.tenant, e.connection, e.event, e.due_at, e.attempts,
                                     e.received_at, e.told_sent});
    session.insert_rows(
        "INSERT INTO pending_events (id, tenant_id, connection_id, event, due_at, attempts, received_at, "
        "told_sent) VALUES",
        8, values);
}

std::vector<PendingEvent> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit) {
    std::vector<PendingEvent> taken =
        map_rows(session.query("SELECT id, tenant_id, connection_id, event, due_at, attempts, received_at, "
                               "told_sent FROM pending_events "
                               "WHERE due_at <= ? ORDER BY due_at, id LIMIT ?" +
                                   for_update_of_free(session.dialect()),
                               {now_ms, limit}),
                 [until_ms](const Row& row) {
                     return PendingEvent{row.integer(0), row.integer(1), row.integer(2),
                                         row.text(3),    until_ms,       static_cast<int>(row.integer(5)),
                                         row.integer(6), row.integer(7)};
                 });
    if (taken.empty()) return taken;
    std::vector<Id> ids;
    for (const PendingEvent& event : taken) ids.push_back(event.id);
    std::vector<Value> values{until_ms};
    append_ids(values, ids);
    session.execute("UPDATE pending_events SET due_at = ? WHERE id IN " + placeholders(ids.size()), values);
    return taken;
}

void reschedule(Session& session, const PendingEvent& e) {
    session.execute("UPDATE pending_events SET due_at = ?, attempts = ? WHERE id = ? AND tenant_id = ?",
                    {e.due_at, e.attempts, e.id, e.tenant});
}

void remove(Session& session, std::span<const Id> ids) {
    if (ids.empty()) return;
    std::vector<Value> values;
    append_ids(values, ids);
    session.execute("DELETE FROM pending_events WHERE id IN " + placeholders(ids.size()), values);
}

}  // namespace dakiya::store::pending_events
