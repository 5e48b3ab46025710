// Campaigns as JSON.
#pragma once

#include "dakiya/json.hpp"
#include "store/campaigns.hpp"

namespace dakiya::api {

Json to_json(const store::Campaign& campaign);
Json to_json(const store::CampaignStats& stats);
Json campaign_schema();
Json campaign_stats_schema();

}  // namespace dakiya::api
