// Routes in the API: the steps of a campaign or a message as a request names them, and what an answer says of
// them and of certainty.
#pragma once

#include "api/route.hpp"
#include "api/services.hpp"
#include "domain/route.hpp"
#include "store/campaigns.hpp"

namespace dakiya::api {

// `fallback` of a request, complete: every connection is the caller's, its plugin is loaded, and the channel
// (the provider's first when it is left out) is one that it has.
Result<std::vector<domain::Step>> read_steps(Services& services, const Call& call, const Json& fallback);

// Lays `fallback` and `on_uncertain` of the body over the campaign.
Result<void> apply_steps(Services& services, const Call& call, store::Campaign& campaign);

// The campaign with what its provider makes certain, and with the steps that have begun.
Json with_route(Services& services, const store::Campaign& campaign);

// Adds to a campaign's statistics those of each step that has begun, the first included, and how its people
// fare.
void add_steps(Services& services, const store::Campaign& campaign, Json& stats);

Json fallback_schema();
Json on_uncertain_schema();
Json steps_schema();

}  // namespace dakiya::api
