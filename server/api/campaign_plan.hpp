// When and how carefully a campaign is sent (domain/plan), as the API takes and shows it; its runs when it
// repeats; and the campaign that tries once more for those whom it did not reach.
#pragma once

#include <vector>

#include "api/route.hpp"
#include "api/services.hpp"
#include "dakiya/json.hpp"
#include "store/campaigns.hpp"

namespace dakiya::api {

// Lays category, schedule, window, quiet hours, canary, stop and scheduled_at of the body over the campaign.
Result<void> apply_plan(Services& services, const Call& call, store::Campaign& campaign);

// The fields of a plan, for the schema of a request, and with what the server adds for that of an answer.
std::vector<Json::Member> plan_fields();
std::vector<Json::Member> plan_answer_fields();
void add_plan(Json& json, const store::Campaign& campaign);

// For the audit log: why quiet hours are left out, or an empty object.
Json plan_detail(const store::Campaign& campaign);

// POST /v1/campaigns/{campaign}/retry and GET /v1/campaigns/{campaign}/runs.
Routes campaign_plan_routes(Services& services);

}  // namespace dakiya::api
