// Messages as JSON: shared by /v1/messages and the recipients of a campaign.
#pragma once

#include "dakiya/json.hpp"
#include "store/messages.hpp"

namespace dakiya::api {

Json to_json(const store::MessageView& view);  // without content
Json to_json(const store::MessageEvent& event);
Json message_schema();

// Words of domain::State for a query parameter.
Json state_schema();

}  // namespace dakiya::api
