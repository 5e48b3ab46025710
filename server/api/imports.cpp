// Imports: customer files that become contacts, as jobs.
#include "store/imports.hpp"
#include "api/change.hpp"
#include "api/named_row.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "api/upload.hpp"
#include "audience/mapping.hpp"
#include "base/text.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t most_file = 512U << 20U;

Json to_json(const store::Import& row) {
    return Json{{"id", format_id(prefix::import, row.id)},
                {"state", row.state},
                {"mapping", Json::parse(row.mapping)},
                {"rows", row.next_row},
                {"created", row.n_created},
                {"updated", row.n_updated},
                {"failed", row.n_failed},
                {"error", row.error},
                {"created_at", row.created_at},
                {"finished_at", row.finished_at}};
}

// From the form, or else from the query.
Result<audience::Mapping> mapping_of(const Upload& upload, const Json& query) {
    const auto given = [&](const std::string& name) {
        const std::string in_form = upload.field(name);
        return in_form.empty() ? query.value(name, "") : in_form;
    };
    const std::string text = given("mapping"), tags = given("tags");
    Json json = Json::object();
    if (!text.empty()) {
        try {
            json = Json::parse(text);
        } catch (const JsonError& error) {
            return invalid("mapping", std::string("the mapping is not JSON: ") + error.what());
        }
    }
    auto mapping = audience::parse_mapping(json);
    if (!mapping) return mapping;
    for (std::string_view rest = tags; !rest.empty();) {
        const std::string_view tag = trim(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(
            rest.size(), rest.find(',') == std::string_view::npos ? rest.size() : rest.find(',') + 1));
        if (tag.empty()) continue;
        if (!audience::is_tag(tag)) return invalid("tags", "a tag is a text of 1 to 64 bytes");
        mapping->tags.emplace_back(tag);
    }
    if (mapping->tags.size() > audience::tags_most) return invalid("tags", "at most 50 tags");
    if (audience::to_json(*mapping).dump().size() > 60'000)
        return Error{Code::too_large, "the mapping has more than 60,000 bytes", "mapping"};
    return mapping;
}

Result<Response> create(Services& services, Call& call) {
    auto upload = take_upload(call.request, services.import_folder, {"mapping", "tags"});
    if (!upload) return upload.error();
    const auto mapping = mapping_of(*upload, call.query);
    if (!mapping) return mapping.error();

    store::Import row;
    row.id = services.ids.next();
    row.tenant = call.caller.scope.tenant;
    row.mapping = audience::to_json(*mapping).dump();
    row.created_at = services.clock.now_ms();
    upload->file->sync();
    row.file = upload->file->path();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        store::imports::create(session, row);
        audit(session, call, services, "import.create", format_id(prefix::import, row.id));
        return {};
    });
    if (!written) return written.error();
    upload->file->keep();
    services.imports.bell().ring();
    return json_response(202, to_json(row));
}

Result<store::Import> find(Services& services, const Call& call) {
    return named_row(services, call, "import", prefix::import, store::imports::find);
}

Result<Response> read(Services& services, Call& call) {
    const auto row = find(services, call);
    if (!row) return row.error();
    return json_response(200, to_json(*row));
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto rows = services.db.read([&](store::Session& session) {
        return store::imports::list(session, call.caller.scope, page->from, page->limit + 1);
    });
    return json_response(200, page_json(
                                  *page, rows, [](const auto& row) { return to_json(row); }, by_id));
}

Result<Response> errors(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto row = find(services, call);
    if (!row) return row.error();
    const auto rows = services.db.read([&](store::Session& session) {
        return store::imports::errors(session, call.caller.scope, row->id, page->from, page->limit + 1);
    });
    const auto shown = [](const store::ImportError& error) {
        return Json{{"line", error.line},
                    {"field", error.field},
                    {"reason", error.reason},
                    {"text", error.text},
                    {"raw", error.raw}};
    };
    return json_response(200, page_json(*page, rows, shown, [](const auto& error) { return error.line; }));
}

Json answer_schema() {
    using namespace schema;
    const Json count = integer(0, INT64_MAX);
    return object({{"id", text(20)},
                   {"state", one_of({"queued", "running", "done", "failed"})},
                   {"mapping", any_object()},
                   {"rows", described(count, "Lines worked off, the first line not counted")},
                   {"created", count},
                   {"updated", count},
                   {"failed", described(count, "Lines that were not imported; see /errors")},
                   {"error", described(text(500), "Why the import as a whole failed")},
                   {"created_at", count},
                   {"finished_at", count}});
}

}  // namespace

Routes import_routes(Services& services) {
    using namespace schema;
    Route creates{"POST",
                  "/v1/imports",
                  Permission::manage,
                  "createImport",
                  "Imports contacts from a CSV file: the body, or part \"file\" of a form.",
                  bound(services, create)};
    creates.query = object(
        {{"mapping", described(text(60'000),
                               R"(JSON: {"phone":"Mobile","name":"Full name","attributes":{"city":"City"}}; )"
                               "left out, obvious column names are found")},
         {"tags", described(text(5'000), "For every contact of the file, with commas between")}});
    creates.body_kind = BodyKind::raw;
    creates.most_body = most_file;
    creates.status = 202;
    creates.answer = answer_schema();

    Route lists{"GET",
                "/v1/imports",
                Permission::read,
                "listImports",
                "Lists imports, newest first.",
                bound(services, browse)};
    lists.query = page_query();
    lists.answer = page(answer_schema());

    Route reads{"GET",       "/v1/imports/{import}",        Permission::read,
                "getImport", "Reads how far an import is.", bound(services, read)};
    reads.answer = answer_schema();

    Route faults{"GET",
                 "/v1/imports/{import}/errors",
                 Permission::read,
                 "listImportErrors",
                 "Lists the lines that were not imported, in file order, each with field and reason.",
                 bound(services, errors)};
    faults.query = page_query();
    faults.answer = page(object({{"line", integer(1, INT64_MAX)},
                                 {"field", text(64)},
                                 {"reason", text(32)},
                                 {"text", text(500)},
                                 {"raw", text(1000)}}));
    return {std::move(creates), std::move(lists), std::move(reads), std::move(faults)};
}

}  // namespace dakiya::api
