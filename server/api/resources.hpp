// The routes of each resource; one file each. table() is all of them.
#pragma once

#include "api/route.hpp"
#include "api/services.hpp"

namespace dakiya::api {

Routes provider_routes(Services& services);
Routes connection_routes(Services& services);
Routes question_routes(Services& services);
Routes contact_routes(Services& services);
Routes import_routes(Services& services);
Routes template_routes(Services& services);
Routes template_change_routes(Services& services);
Routes media_routes(Services& services);
Routes media_link_routes(Services& services);
Routes message_routes(Services& services);
Routes otp_routes(Services& services);
Routes campaign_routes(Services& services);
Routes campaign_report_routes(Services& services);
Routes suppression_routes(Services& services);
Routes quota_routes(Services& services);
Routes webhook_routes(Services& services);
Routes system_routes(Services& services);  // without /openapi.json, which needs the others

// `services` must outlive the routes.
Routes table(Services& services);

}  // namespace dakiya::api
