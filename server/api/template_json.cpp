#include "api/template_json.hpp"

#include "api/schemas.hpp"
#include "domain/template.hpp"

namespace dakiya::api {

Json to_json(const store::Template& row) {
    Json components = Json::parse(row.components);
    Json variables = Json::array();
    std::string unsupported;
    if (auto needed = domain::template_variables(components))
        for (const std::string& variable : *needed) variables.push_back(variable);
    else
        unsupported = needed.error().text;
    return Json{{"id", format_id(prefix::tmpl, row.id)},
                {"connection", format_id(prefix::connection, row.connection)},
                {"name", row.name},
                {"language", row.language},
                {"category", row.category},
                {"status", row.status},
                {"reason", row.reason},
                {"components", std::move(components)},
                {"variables", std::move(variables)},
                {"unsupported", unsupported.empty() ? Json() : Json(unsupported)},
                {"updated_at", row.updated_at}};
}

Json template_schema() {
    using namespace schema;
    return object({{"id", text(20)},
                   {"connection", text(20)},
                   {"name", text(255)},
                   {"language", text(16)},
                   {"category", text(32)},
                   {"status", text(32)},
                   {"reason", text(500)},
                   {"components", Json{{"type", "array"}, {"items", any_object()}}},
                   {"variables", described(list(text(64), 100), "What `variables` of a content must give")},
                   {"unsupported", nullable(described(text(500), "Why it cannot be sent from here"))},
                   {"updated_at", integer(0, INT64_MAX)}});
}

}  // namespace dakiya::api
