#include "store/quotas.hpp"

#include "base/text.hpp"
#include "domain/campaign.hpp"
#include "store/sql.hpp"

namespace dakiya::store {

namespace {

constexpr std::size_t text_limit = 500;  // bytes, of the column

domain::Quota from_row(const Row& row) {
    return {row.text(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
}

constexpr const char* columns = "SELECT channel, connection_id, per_day, used, resets_at FROM quotas ";

}  // namespace

namespace quotas {

std::vector<domain::Quota> list(Session& session, Scope scope) {
    return map_rows(
        session.query(std::string(columns) + "WHERE tenant_id = ? ORDER BY channel, connection_id",
                      {scope.tenant}),
        from_row);
}

void put(Session& session, Scope scope, std::string_view channel, Id connection, std::int64_t per_day) {
    session.execute(
        "INSERT INTO quotas (tenant_id, channel, connection_id, per_day, used, resets_at) VALUES (?, ?, ?, "
        "?, "
        "0, 0)" +
            overwrite(session.dialect(), "tenant_id, channel, connection_id", {"per_day"}),
        {scope.tenant, std::string(channel), connection, per_day});
}

bool remove(Session& session, Scope scope, std::string_view channel, Id connection) {
    return session.execute("DELETE FROM quotas WHERE tenant_id = ? AND channel = ? AND connection_id = ?",
                           {scope.tenant, std::string(channel), connection}) == 1;
}

std::vector<domain::Quota> of(Session& session, Scope scope, std::string_view channel, Id connection) {
    return map_rows(
        session.query(std::string(columns) +
                          "WHERE tenant_id = ? AND channel IN ('', ?) AND connection_id IN (0, ?)" +
                          for_update(session.dialect()),
                      {scope.tenant, std::string(channel), connection}),
        from_row);
}

void set_used(Session& session, Scope scope, const domain::Quota& quota) {
    session.execute(
        "UPDATE quotas SET used = ?, resets_at = ? WHERE tenant_id = ? AND channel = ? AND connection_id = ?",
        {quota.used, quota.resets_at, scope.tenant, quota.channel, quota.connection});
}

}  // namespace quotas

namespace holds {

void put(Session& session, Scope scope, Id campaign, std::int64_t until_ms, std::string_view text) {
    session.execute("INSERT INTO campaign_holds (campaign_id, tenant_id, until) VALUES (?, ?, ?)" +
                        overwrite(session.dialect(), "campaign_id", {"until"}),
                    {campaign, scope.tenant, until_ms});
    session.execute("UPDATE campaigns SET state_text = ? WHERE id = ? AND tenant_id = ?",
                    {std::string(utf8_prefix(text, text_limit)), campaign, scope.tenant});
}

std::vector<Id> all(Session& session, std::int64_t now_ms) {
    return map_rows(session.query("SELECT campaign_id FROM campaign_holds WHERE until > ?", {now_ms}),
                    [](const Row& row) { return row.integer(0); });
}

bool any_due(Session& session, std::int64_t now_ms) {
    return !session.query("SELECT campaign_id FROM campaign_holds WHERE until <= ? LIMIT 1", {now_ms})
                .empty();
}

void end_due(Session& session, std::int64_t now_ms, int limit) {
    const auto due =
        map_rows(session.query("SELECT campaign_id FROM campaign_holds WHERE until <= ? LIMIT ?" +
                                   for_update(session.dialect()),
                               {now_ms, std::int64_t{limit}}),
                 [](const Row& row) { return row.integer(0); });
    if (due.empty()) return;
    std::vector<Value> values{std::int64_t{static_cast<int>(domain::CampaignState::sending)}};
    append_ids(values, due);
    session.execute(
        "UPDATE campaigns SET state_text = '' WHERE state = ? AND id IN " + placeholders(due.size()), values);
    values.erase(values.begin());
    session.execute("DELETE FROM campaign_holds WHERE campaign_id IN " + placeholders(due.size()), values);
}

void end(Session& session, Id campaign) {
    session.execute("DELETE FROM campaign_holds WHERE campaign_id = ?", {campaign});
}

void hurry(Session& session, Scope scope, std::int64_t now_ms) {
    session.execute("UPDATE campaign_holds SET until = ? WHERE tenant_id = ? AND until > ?",
                    {now_ms, scope.tenant, now_ms});
}

}  // namespace holds

}  // namespace dakiya::store
