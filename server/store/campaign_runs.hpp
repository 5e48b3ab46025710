// The occurrences of recurring campaigns, one row each: what came of it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct CampaignRun {
    Id series = 0;
    std::int64_t occurs_at = 0;  // Unix ms
    Id tenant = 0;
    Id campaign = 0;  // its run; 0: missed
};

namespace campaign_runs {

// DbError::duplicate when this occurrence has one.
void add(Session& session, const CampaignRun& run);
// Newest first, those before `before` (0: from the newest).
std::vector<CampaignRun> list(Session& session, Scope scope, Id series, std::int64_t before, int limit);

}  // namespace campaign_runs

}  // namespace dakiya::store
