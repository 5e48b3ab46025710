// Campaigns as JSON, and the campaign that a path names.
#pragma once

#include "api/route.hpp"
#include "api/services.hpp"
#include "dakiya/json.hpp"
#include "store/campaigns.hpp"

namespace dakiya::api {

// By the path parameter {campaign}. Error: not_found.
Result<store::Campaign> find_campaign(Services& services, const Call& call);

Json to_json(const store::Campaign& campaign);
Json to_json(const store::CampaignStats& stats);
Json campaign_schema();
Json campaign_stats_schema();

}  // namespace dakiya::api
