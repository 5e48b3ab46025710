#include "store/fallbacks.hpp"

#include "domain/campaign.hpp"
#include "store/sql.hpp"

namespace dakiya::store::fallbacks {

namespace {

std::vector<Id> ids_of(std::span<const Fallback> rows) {
    std::vector<Id> ids;
    ids.reserve(rows.size());
    for (const Fallback& row : rows) ids.push_back(row.message);
    return ids;
}

std::uint64_t remove(Session& session, std::span<const Id> messages) {
    std::vector<Value> values;
    append_ids(values, messages);
    return session.execute("DELETE FROM fallbacks WHERE message_id IN " + placeholders(messages.size()),
                           values);
}

std::vector<Fallback> first_rows(Session& session, Id route, std::int64_t until_ms, int limit) {
    return map_rows(session.query("SELECT message_id, tenant_id, route_id, due_at FROM fallbacks "
                                  "WHERE route_id = ? AND due_at <= ? ORDER BY due_at, message_id LIMIT ?",
                                  {route, until_ms, std::int64_t{limit}}),
                    [](const Row& row) {
                        return Fallback{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
                    });
}

}  // namespace

void insert(Session& session, std::span<const Fallback> rows) {
    if (rows.empty()) return;
    std::vector<Value> values;
    values.reserve(rows.size() * 4);
    for (const Fallback& row : rows)
        values.insert(values.end(), {row.message, row.tenant, row.route, row.due_at});
    session.insert_rows("INSERT INTO fallbacks (message_id, tenant_id, route_id, due_at) VALUES", 4, values,
                        overwrite(session.dialect(), "message_id", {"due_at"}));
}

bool any_due(Session& session, std::int64_t now_ms) {
    if (!first_rows(session, 0, now_ms, 1).empty()) return true;
    return !session
                .query(
                    "SELECT id FROM campaigns WHERE state = ? AND finished_at = 0 AND parent_id = 0 AND "
                    "fallback IS NOT NULL AND EXISTS (SELECT 1 FROM fallbacks WHERE route_id = campaigns.id "
                    "AND due_at <= ?) LIMIT 1",
                    {std::int64_t{static_cast<int>(domain::CampaignState::sending)}, now_ms})
                .empty();
}

std::vector<Fallback> due(Session& session, Id route, std::int64_t now_ms, int limit) {
    return first_rows(session, route, now_ms, limit);
}

bool take(Session& session, std::span<const Fallback> rows) {
    return rows.empty() || remove(session, ids_of(rows)) == rows.size();
}

bool anything_open(Session& session, Id route, std::span<const Id> campaigns) {
    const std::string list = placeholders(campaigns.size());
    std::vector<Value> values{route};
    append_ids(values, campaigns);
    append_ids(values, campaigns);
    const Rows rows = session.query(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM fallbacks WHERE route_id = ?) "
        "OR EXISTS (SELECT 1 FROM campaign_chunks WHERE done = 0 AND campaign_id IN " +
            list + ") OR EXISTS (SELECT 1 FROM queue WHERE campaign_id IN " + list + ") THEN 1 ELSE 0 END",
        values);
    return rows.at(0).integer(0) != 0;
}

std::uint64_t forget(Session& session, Id route, int limit) {
    const auto rows = first_rows(session, route, std::numeric_limits<std::int64_t>::max(), limit);
    return rows.empty() ? 0 : remove(session, ids_of(rows));
}

}  // namespace dakiya::store::fallbacks
