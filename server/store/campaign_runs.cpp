#include "store/campaign_runs.hpp"

#include "store/sql.hpp"

namespace dakiya::store::campaign_runs {

void add(Session& session, const CampaignRun& run) {
    session.execute(
        "INSERT INTO campaign_runs (series_id, occurs_at, tenant_id, campaign_id) VALUES (?,?,?,?)",
        {run.series, run.occurs_at, run.tenant, run.campaign});
}

std::vector<CampaignRun> list(Session& session, Scope scope, Id series, std::int64_t before, int limit) {
    return map_rows(session.query("SELECT series_id, occurs_at, tenant_id, campaign_id FROM campaign_runs "
                                  "WHERE series_id = ? AND tenant_id = ? AND occurs_at < ? "
                                  "ORDER BY occurs_at DESC LIMIT ?",
                                  {series, scope.tenant, below(before), std::int64_t{limit}}),
                    [](const Row& row) {
                        return CampaignRun{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
                    });
}

}  // namespace dakiya::store::campaign_runs
