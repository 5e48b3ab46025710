#include <iterator>
#include <memory>

#include "api/openapi.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"

namespace dakiya::api {

Routes table(Services& services) {
    Routes all;
    for (auto* make : {provider_routes, connection_routes, question_routes, contact_routes, import_routes,
                       template_routes, template_change_routes, media_routes, media_link_routes,
                       message_routes, otp_routes, campaign_routes, campaign_report_routes,
                       suppression_routes, quota_routes, webhook_routes, system_routes}) {
        Routes routes = make(services);
        all.insert(all.end(), std::make_move_iterator(routes.begin()), std::make_move_iterator(routes.end()));
    }
    Route document;
    document.method = "GET";
    document.path = "/openapi.json";
    document.permission = Permission::none;
    document.name = "getOpenApi";
    document.summary = "This document.";
    auto text = std::make_shared<std::string>();  // filled below, when the route itself is in the table
    document.run = [text](Call&) -> Result<Response> {
        return Response{200, {{"Content-Type", "application/json"}}, *text, {}};
    };
    all.push_back(std::move(document));
    *text = openapi(all, services.version).dump();
    return all;
}

}  // namespace dakiya::api
