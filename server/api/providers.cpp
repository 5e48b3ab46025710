// Providers: the plugins that this server has loaded.
#include "api/change.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "send/template_files.hpp"

namespace dakiya::api {

namespace {

Json to_json(const plugin::Manifest& manifest, const std::optional<std::string>& quarantine) {
    Json channels = Json::array(), operations = Json::array(), kinds = Json::array();
    for (const std::string& channel : manifest.channels) channels.push_back(channel);
    for (const auto& entry : manifest.ops) operations.push_back(entry.first);
    for (const std::string& kind : manifest.kinds) kinds.push_back(kind);
    return Json{{"id", manifest.id},
                {"name", manifest.name},
                {"version", manifest.version},
                {"docs", manifest.docs},
                {"channels", std::move(channels)},
                {"operations", std::move(operations)},
                {"kinds", std::move(kinds)},
                {"template_files", send::takes_template_files(manifest)},
                {"certainty", to_string(manifest.certainty())},
                {"quarantined", quarantine ? Json(*quarantine) : Json()}};
}

Json answer_schema() {
    using namespace schema;
    const Json words = list(text(64), 100);
    return object({{"id", text(64)},
                   {"name", text(190)},
                   {"version", text(64)},
                   {"docs", text(2000)},
                   {"channels", words},
                   {"operations", words},
                   {"kinds", words},
                   {"template_files", described(boolean(),
                                                "Whether the header of a new template can show a file "
                                                "of yours as its example")},
                   {"certainty", described(one_of({"idempotent", "correlating", "queryable", "blind"}),
                                           "How sure one can be of a message whose answer was lost")},
                   {"quarantined", nullable(described(text(500), "Why it is not used at the moment"))}});
}

}  // namespace

Routes provider_routes(Services& services) {
    Route list{"GET",
               "/v1/providers",
               Permission::read,
               "listProviders",
               "Lists the providers that this server has loaded.",
               [&services](Call&) -> Result<Response> {
                   Json items = Json::array();
                   for (const auto& provider : services.registry.providers())
                       items.push_back(to_json(provider->manifest(),
                                               services.registry.quarantined(provider->manifest().id)));
                   return json_response(200, Json{{"items", std::move(items)}, {"next", nullptr}});
               }};
    list.answer = schema::page(answer_schema());

    Route manifest{
        "GET",
        "/v1/providers/{provider}",
        Permission::read,
        "getProvider",
        "Reads a provider's manifest: settings schema, capabilities, limits. A setting with x-operator: "
        "true has a value from the operator when a connection leaves it out.",
        [&services](Call& call) -> Result<Response> {
            const auto provider = services.registry.find(call.param("provider"));
            if (!provider) return no_such("provider", call.param("provider"));
            Json shown = provider->manifest().raw;
            shown.set("settings", services.environment.form(provider->manifest()));
            return json_response(200, shown);
        }};
    manifest.answer = schema::any_object();
    return {std::move(list), std::move(manifest)};
}

}  // namespace dakiya::api
