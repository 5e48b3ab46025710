#include "store/queue.hpp"

#include "store/sql.hpp"

namespace dakiya::store::queue {

namespace {

// The column `marked`.
constexpr std::int64_t waiting = 0, marked = 1, parked = 2;

constexpr const char* columns =
    "message_id, tenant_id, campaign_id, connection_id, lane, due_at, deadline_at, attempts, owner, "
    "whereabouts, in_doubt";

std::vector<Queued> from_rows(const Rows& rows) {
    std::vector<Queued> queued;
    queued.reserve(rows.size());
    for (const Row& row : rows)
        queued.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3),
                          static_cast<Lane>(row.integer(4)), row.integer(5), row.integer(6),
                          static_cast<int>(row.integer(7)), row.text(8), 0, row.text(9),
                          row.integer(10) != 0});
    return queued;
}

std::vector<Queued> of_owner(Session& session, std::string_view owner) {
    return from_rows(
        session.query("SELECT " + std::string(columns) + " FROM queue WHERE owner = ? ORDER BY due_at",
                      {std::string(owner)}));
}

}  // namespace

void insert(Session& session, std::span<const Queued> rows) {
    if (rows.empty()) return;
    std::vector<Value> values;
    values.reserve(rows.size() * 13);
    for (const Queued& q : rows)
        values.insert(values.end(),
                      {q.message, q.tenant, q.campaign, q.connection, std::int64_t{static_cast<int>(q.lane)},
                       q.due_at, q.deadline_at, std::int64_t{q.attempts}, q.owner.empty() ? waiting : marked,
                       q.owner, q.lease_until, q.whereabouts, std::int64_t{q.in_doubt}});
    session.insert_rows(
        "INSERT INTO queue (message_id, tenant_id, campaign_id, connection_id, lane, due_at, deadline_at, "
        "attempts, "
        "marked, owner, lease_until, whereabouts, in_doubt) VALUES",
        13, values);
}

bool requeue(Session& session, const Queued& row) {
    const auto taken = session.execute(
        "DELETE FROM outcomes WHERE message_id = ? AND tenant_id = ? AND state = ? AND code = 'lost_owner' "
        "AND "
        "NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.message_id = ?)",
        {row.message, row.tenant, std::int64_t{static_cast<int>(domain::State::uncertain)}, row.message});
    if (taken == 0) return false;
    session.execute("DELETE FROM unsettled WHERE message_id = ?", {row.message});
    session.execute("DELETE FROM fallbacks WHERE message_id = ?", {row.message});
    insert(session, {&row, 1});
    // Whoever was about to complete the campaign, because nothing of it was open, looks again.
    if (row.campaign != 0)
        session.execute("UPDATE campaigns SET version = version + 1 WHERE id = ?", {row.campaign});
    return true;
}

std::vector<Queued> take(Session& session, Lane lane, std::string_view owner, std::int64_t now_ms,
                         std::int64_t until_ms, int limit) {
    const auto taken = session.execute(
        "UPDATE queue SET owner = ?, lease_until = ?, marked = 1, attempts = attempts + 1 "
        "WHERE marked = 0 AND message_id IN (SELECT message_id FROM (SELECT message_id FROM queue "
        "WHERE lane = ? AND marked = 0 AND due_at <= ? AND (attempts = 0 OR NOT EXISTS (SELECT 1 FROM "
        "pending_events e WHERE e.told_sent = queue.message_id AND e.tenant_id = queue.tenant_id)) "
        "ORDER BY due_at LIMIT ?) AS due)",
        {std::string(owner), until_ms, std::int64_t{static_cast<int>(lane)}, now_ms, std::int64_t{limit}});
    if (taken == 0) return {};
    return of_owner(session, owner);
}

std::vector<Id> held(Session& session, std::string_view owner, std::span<const Id> messages) {
    if (messages.empty()) return {};
    std::vector<Id> ours;
    std::vector<Value> values{std::string(owner)};
    append_ids(values, messages);
    for (const Row& row : session.query("SELECT message_id FROM queue WHERE owner = ? AND message_id IN " +
                                            placeholders(messages.size()) + for_update(session.dialect()),
                                        values))
        ours.push_back(row.integer(0));
    return ours;
}

void remove(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return;
    std::vector<Value> values;
    append_ids(values, messages);
    session.execute("DELETE FROM queue WHERE message_id IN " + placeholders(messages.size()), values);
}

std::vector<Queued> tried_before(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return {};
    std::vector<Value> values{marked};
    append_ids(values, messages);
    return from_rows(session.query("SELECT " + std::string(columns) +
                                       " FROM queue WHERE marked <> ? AND attempts > 0 AND message_id IN " +
                                       placeholders(messages.size()) + for_update(session.dialect()),
                                   values));
}

std::vector<Id> in_doubt(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return {};
    std::vector<Value> values;
    append_ids(values, messages);
    return map_rows(session.query("SELECT message_id FROM queue WHERE in_doubt = 1 AND message_id IN " +
                                      placeholders(messages.size()),
                                  values),
                    [](const Row& row) { return row.integer(0); });
}

void renew(Session& session, std::string_view owner, std::int64_t until_ms) {
    session.execute("UPDATE queue SET lease_until = ? WHERE owner = ?", {until_ms, std::string(owner)});
}

void reschedule(Session& session, Id message, std::int64_t due_at, int attempts, bool in_doubt) {
    session.execute(
        "UPDATE queue SET owner = '', lease_until = 0, marked = 0, due_at = ?, attempts = ?, in_doubt = ? "
        "WHERE message_id = ?",
        {due_at, std::int64_t{attempts}, std::int64_t{in_doubt}, message});
}

void put_off(Session& session, const Queued& row, std::int64_t due_at, std::int64_t by_ms) {
    session.execute(
        "UPDATE queue SET owner = '', lease_until = 0, marked = 0, due_at = ?, deadline_at = deadline_at + "
        "?, "
        "attempts = ? WHERE message_id = ?",
        {due_at, by_ms, std::int64_t{row.attempts - 1}, row.message});
}

std::vector<Id> present(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return {};
    std::vector<Value> values;
    append_ids(values, messages);
    std::vector<Id> found;
    for (const Row& row : session.query(
             "SELECT message_id FROM queue WHERE message_id IN " + placeholders(messages.size()), values))
        found.push_back(row.integer(0));
    return found;
}

void give_back(Session& session, std::string_view owner, std::int64_t due_at) {
    session.execute(
        "UPDATE queue SET owner = '', lease_until = 0, marked = 0, due_at = ?, attempts = attempts - 1 "
        "WHERE owner = ?",
        {due_at, std::string(owner)});
}

bool any_expired(Session& session, Lane lane, std::int64_t now_ms) {
    return !session
                .query(
                    "SELECT message_id FROM queue WHERE marked = ? AND lease_until < ? AND lane = ? LIMIT 1",
                    {marked, now_ms, std::int64_t{static_cast<int>(lane)}})
                .empty();
}

std::vector<Queued> take_expired(Session& session, Lane lane, std::string_view owner, std::int64_t now_ms,
                                 std::int64_t until_ms, int limit) {
    const auto taken = session.execute(
        "UPDATE queue SET owner = ?, lease_until = ? WHERE marked = ? AND lease_until < ? AND message_id IN "
        "(SELECT message_id FROM (SELECT message_id FROM queue WHERE marked = ? AND lease_until < ? AND "
        "lane = ? LIMIT ?) AS old)",
        {std::string(owner), until_ms, marked, now_ms, marked, now_ms, std::int64_t{static_cast<int>(lane)},
         std::int64_t{limit}});
    if (taken == 0) return {};
    return of_owner(session, owner);
}

void park(Session& session, std::span<const Id> messages) {
    if (messages.empty()) return;
    std::vector<Value> values{parked};
    append_ids(values, messages);
    session.execute(
        "UPDATE queue SET owner = '', lease_until = 0, marked = ?, attempts = attempts - 1 WHERE message_id "
        "IN " +
            placeholders(messages.size()),
        values);
}

bool any_parked(Session& session, Id campaign) {
    return !session
                .query("SELECT message_id FROM queue WHERE campaign_id = ? AND marked = ? LIMIT 1",
                       {campaign, parked})
                .empty();
}

int unpark(Session& session, Id campaign, int limit) {
    return static_cast<int>(session.execute(
        "UPDATE queue SET marked = ? WHERE marked = ? AND message_id IN (SELECT message_id FROM (SELECT "
        "message_id FROM queue WHERE campaign_id = ? AND marked = ? LIMIT ?) AS some)",
        {waiting, parked, campaign, parked, std::int64_t{limit}}));
}

void hurry(Session& session, Id campaign, std::int64_t now_ms) {
    session.execute("UPDATE queue SET due_at = ? WHERE campaign_id = ? AND marked = 0 AND due_at > ?",
                    {now_ms, campaign, now_ms});
}

bool any_of_campaign(Session& session, Id campaign) {
    return !session.query("SELECT message_id FROM queue WHERE campaign_id = ? LIMIT 1", {campaign}).empty();
}

std::int64_t next_due(Session& session, Lane lane) {
    const Rows rows = session.query("SELECT MIN(due_at) FROM queue WHERE lane = ? AND marked = 0",
                                    {std::int64_t{static_cast<int>(lane)}});
    return rows.empty() ? 0 : rows.front().integer(0);
}

}  // namespace dakiya::store::queue
