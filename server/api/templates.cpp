// Templates: as the provider last told us (POST /v1/connections/{connection}/sync-templates fetches them).
#include "store/templates.hpp"
#include "api/named_row.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "api/template_json.hpp"

namespace dakiya::api {

namespace {

Result<Response> read(Services& services, Call& call) {
    const auto row = named_row(services, call, "template", prefix::tmpl, store::templates::find);
    if (!row) return row.error();
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
                                  *page, rows, [](const auto& row) { return to_json(row); }, by_id));
}

}  // namespace

Routes template_routes(Services& services) {
    using namespace schema;
    Route lists{"GET",
                "/v1/templates",
                Permission::read,
                "listTemplates",
                "Lists templates, newest first.",
                bound(services, browse)};
    lists.query = page_query({{"connection", text(20)}, {"status", text(32)}});
    lists.answer = page(template_schema());
    Route reads{"GET",         "/v1/templates/{template}", Permission::read,
                "getTemplate", "Reads a template.",        bound(services, read)};
    reads.answer = template_schema();
    return {std::move(lists), std::move(reads)};
}

}  // namespace dakiya::api
