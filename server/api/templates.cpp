// Templates: as the provider last told us (POST /v1/connections/{connection}/sync-templates fetches them).
#include "store/templates.hpp"
#include "api/change.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "domain/template.hpp"

namespace dakiya::api {

namespace {

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

Result<Response> read(Services& services, Call& call) {
    auto id = call.id("template", prefix::tmpl);
    if (!id) return id.error();
    const auto row = services.db.read(
        [&](store::Session& session) { return store::templates::find(session, call.caller.scope, *id); });
    if (!row) return no_such("template", call.param("template"));
    return json_response(200, to_json(*row));
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    store::TemplateFilter filter;
    filter.status = call.query.value("status", "");
    if (const std::string text = call.query.value("connection", ""); !text.empty()) {
        const auto id = parse_id(prefix::connection, text);
        if (!id) return invalid("query.connection", "that is not the id of a connection (con_…)");
        filter.connection = *id;
    }
    const auto rows = services.db.read([&](store::Session& session) {
        return store::templates::list(session, call.caller.scope, filter, page->from, page->limit + 1);
    });
    return json_response(200, page_json(
                                  *page, rows, [](const auto& row) { return to_json(row); },
                                  [](const auto& row) { return row.id; }));
}

Json answer_schema() {
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

}  // namespace

Routes template_routes(Services& services) {
    using namespace schema;
    Route lists{"GET",
                "/v1/templates",
                Permission::read,
                "listTemplates",
                "Lists templates, newest first.",
                [&services](Call& call) { return browse(services, call); }};
    lists.query = page_query({{"connection", text(20)}, {"status", text(32)}});
    lists.answer = page(answer_schema());
    Route reads{
        "GET",         "/v1/templates/{template}", Permission::read,
        "getTemplate", "Reads a template.",        [&services](Call& call) { return read(services, call); }};
    reads.answer = answer_schema();
    return {std::move(lists), std::move(reads)};
}

}  // namespace dakiya::api
