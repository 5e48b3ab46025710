// Templates made and removed from here: at the provider first, then in our copy of its list.
#include "api/change.hpp"
#include "api/in_use.hpp"
#include "api/named_row.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "api/template_json.hpp"
#include "send/template_files.hpp"
#include "send/template_sync.hpp"
#include "store/campaigns.hpp"
#include "store/connections.hpp"

namespace dakiya::api {

namespace {

using store::Template;

constexpr std::size_t most_components = 60'000;  // bytes as JSON; a TEXT column holds 65,535

std::optional<Template> known(Services& services, store::Scope scope, Id connection, const Json& body) {
    return services.db.read([&](store::Session& session) {
        return store::templates::find(session, scope, connection, body.at("name").text(),
                                      body.at("language").text());
    });
}

Result<send::Question> question_about(Services& services, store::Scope scope, Id connection,
                                      const Json& body) {
    const auto row = services.db.read(
        [&](store::Session& session) { return store::connections::find(session, scope, connection); });
    if (!row) return no_such("connection", format_id(prefix::connection, connection));
    const auto provider = services.registry.find(row->provider);
    if (!provider) return send::Question{"templates.create", body};  // ask() says what is wrong
    return send::template_question(services.db, scope, services.media.folder, provider->manifest(), body);
}

// The provider's record, and our own words where it says nothing.
Template made_of(const Json& body, const Json* record, std::int64_t now_ms) {
    Json all{{"name", body.at("name")}, {"language", body.at("language")}, {"status", "pending"}};
    for (const char* field : {"category", "components"})
        if (body.contains(field)) all.set(field, body.at(field));
    if (record)
        for (const auto& [field, value] : record->members())
            if (!value.is_null()) all.set(field, value);
    // Asked for under this name and language, whatever the provider's spelling of them.
    all.set("name", body.at("name"));
    all.set("language", body.at("language"));
    return send::template_row(all, 0, now_ms);
}

Result<Response> create(Services& services, Call& call) {
    auto connection = call.id("connection", prefix::connection);
    if (!connection) return connection.error();
    const store::Scope scope = call.caller.scope;
    if (call.body["components"].dump().size() > most_components)
        return Error{Code::too_large, "the components have more than 60,000 bytes as JSON", "components"};
    const auto before = known(services, scope, *connection, call.body);
    if (before && before->status != "gone")
        return Error{Code::conflict,
                     "there is a template of that name and language already: " +
                         format_id(prefix::tmpl, before->id) + " (" + before->status + ")",
                     "name"};
    auto question = question_about(services, scope, *connection, call.body);
    if (!question) return question.error();
    const auto records = services.send.ask(scope, *connection, *std::move(question));
    if (!records) return records.error();
    Template row = made_of(call.body, send::record_of(*records, "template"), services.clock.now_ms());
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        // A sync that runs now may have read past it: not "gone" because of that.
        if (const auto sync = store::template_syncs::find(session, scope, *connection)) row.run = sync->run;
        store::templates::upsert(session, scope, *connection, std::span<const Template>(&row, 1));
        row = *store::templates::find(session, scope, *connection, row.name, row.language);
        audit(session, call, services, "template.create", format_id(prefix::tmpl, row.id),
              Json{{"connection", call.param("connection")}, {"name", row.name}});
        return {};
    });
    if (!written) return written.error();
    return json_response(201, to_json(row));
}

bool names(const Json& content, const Template& row) {
    const Json& wanted = content["template"];
    return wanted.is_object() && wanted["name"] == Json(row.name) && wanted["language"] == Json(row.language);
}

bool uses(const store::Campaign& campaign, const Template& row) {
    if (campaign.connection == row.connection && names(Json::parse(campaign.content), row)) return true;
    if (campaign.fallback.empty()) return false;
    const std::string connection = format_id(prefix::connection, row.connection);
    for (const Json& step : Json::parse(campaign.fallback))
        if (step["connection"] == Json(connection) && names(step["content"], row)) return true;
    return false;
}

Result<Response> remove(Services& services, Call& call) {
    const store::Scope scope = call.caller.scope;
    const auto row = named_row(services, call, "template", prefix::tmpl, store::templates::find);
    if (!row) return row.error();
    const auto free = services.db.read([&](store::Session& session) {
        return not_in_use(session, scope, "template",
                          [&](const store::Campaign& campaign) { return uses(campaign, *row); });
    });
    if (!free) return free.error();
    if (row->status != "gone") {  // at the provider it is there
        Json input{{"name", row->name}, {"language", row->language}, {"id", row->provider_id}};
        const auto records =
            services.send.ask(scope, row->connection, {"templates.delete", std::move(input)});
        if (!records) return records.error();
    }
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        store::templates::remove(session, scope, row->id);
        audit(session, call, services, "template.delete", call.param("template"),
              Json{{"connection", format_id(prefix::connection, row->connection)}, {"name", row->name}});
        return {};
    });
    if (!written) return written.error();
    return Response{204, {}, {}, {}};
}

}  // namespace

Routes template_change_routes(Services& services) {
    using namespace schema;
    Route creates{
        "POST",
        "/v1/connections/{connection}/templates",
        Permission::manage,
        "createTemplate",
        "Hands a template in at the provider, which decides about it; sync-templates brings its word.",
        bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body = object(
        {{"name", text(255, 1)},
         {"language", text(16, 1)},
         {"category", text(32)},
         {"components",
          described(list(any_object(), 20),
                    "In the shape of the WhatsApp Cloud API. A header of format IMAGE, VIDEO or DOCUMENT "
                    "may show a file of ours: \"example\": {\"media\": \"med_…\"}")}},
        {"name", "language"});
    creates.status = 201;
    creates.answer = template_schema();

    Route removes{"DELETE",
                  "/v1/templates/{template}",
                  Permission::manage,
                  "deleteTemplate",
                  "Deletes a template at the provider and here.",
                  bound(services, remove)};
    removes.status = 204;
    return {std::move(creates), std::move(removes)};
}

}  // namespace dakiya::api
