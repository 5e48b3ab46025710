// Whether the server is alive, and whether it can do its work.
#include <spdlog/spdlog.h>

#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"

namespace dakiya::api {

namespace {

Result<Response> ready(Services& services) {
    try {
        services.db.read([](store::Session& session) { return session.query("SELECT 1"); });
    } catch (const store::DbError& error) {
        spdlog::warn("not ready: {}", error.what());
        return Error{Code::unavailable, "the database cannot be reached", ""};
    }
    if (services.registry.providers().empty())
        return Error{Code::unavailable, "no provider is loaded; look at the log and the plugin folders", ""};
    return json_response(200, Json{{"ok", true}});
}

}  // namespace

Routes system_routes(Services& services) {
    const Json answer = schema::object({{"ok", schema::boolean()}});
    Route health{"GET",
                 "/healthz",
                 Permission::none,
                 "getHealth",
                 "Says that the process is alive.",
                 [](Call&) -> Result<Response> {
                     return json_response(200, Json{{"ok", true}});
                 }};
    health.answer = answer;
    Route readiness{"GET",
                    "/readyz",
                    Permission::none,
                    "getReadiness",
                    "Says whether the database can be reached and a provider is loaded.",
                    [&services](Call&) { return ready(services); }};
    readiness.answer = answer;
    return {std::move(health), std::move(readiness)};
}

}  // namespace dakiya::api
