// Connections: a tenant's configured uses of providers.
#include "send/connections.hpp"
#include "api/change.hpp"
#include "api/connection_settings.hpp"
#include "api/named_row.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "security/token.hpp"
#include "store/media_handles.hpp"
#include "store/template_syncs.hpp"

namespace dakiya::api {

namespace {

// The webhook address may hold a secret token, so only those who set up connections see it.
Json to_json(const Services& services, const Caller& caller, const store::Connection& row) {
    Json json{{"id", format_id(prefix::connection, row.id)},
              {"provider", row.provider},
              {"name", row.name},
              {"state", row.state},
              {"state_text", row.state_text},
              {"created_at", row.created_at},
              {"updated_at", row.updated_at}};
    const auto provider = services.registry.find(row.provider);
    if (!provider) {  // its plugin was taken away; without its schema we cannot know what is secret
        json.set("state", "provider_missing");
        json.set("state_text", "the plugin of this provider is not loaded on this server");
        json.set("settings", Json::object());
        return json;
    }
    json.set("settings", masked_settings(provider->manifest(), row));
    json.set("operator_settings", operator_settings(services.environment, provider->manifest(), row));
    if (caller.may(Permission::admin))
        json.set("webhook_url", send::webhook_address(services.public_url, row, provider->manifest()));
    return json;
}

Result<store::Connection> find(Services& services, const Call& call) {
    return named_row(services, call, "connection", prefix::connection, store::connections::find);
}

Result<Response> create(Services& services, Call& call) {
    const std::string& name = call.body.at("provider").text();
    const auto provider = services.registry.find(name);
    if (!provider) return invalid("provider", "no provider \"" + name + "\" is loaded; see /v1/providers");
    auto settings =
        checked_settings(services.environment, *provider,
                         call.body["settings"].is_null() ? Json::object() : call.body["settings"]);
    if (const auto* findings = std::get_if<std::vector<Error>>(&settings))
        return problem(*findings, call.request.id);

    store::Connection row;
    row.id = services.ids.next();
    row.tenant = call.caller.scope.tenant;
    row.provider = name;
    row.name = call.body.value("name", provider->manifest().name);
    row.state = call.body.value("state", "enabled");
    row.webhook_token = security::random_text();
    row.created_at = row.updated_at = services.clock.now_ms();
    if (auto sealed = seal_settings(services.vault, provider->manifest(), std::get<Json>(settings), row);
        !sealed)
        return sealed.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        store::connections::create(session, row);
        audit(session, call, services, "connection.create", format_id(prefix::connection, row.id),
              Json{{"provider", row.provider}});
        return {};
    });
    if (!written) return written.error();
    return json_response(201, to_json(services, call.caller, row));
}

Result<Response> update(Services& services, Call& call) {
    auto found = find(services, call);
    if (!found) return found.error();
    store::Connection row = *std::move(found);
    const auto provider = services.registry.find(row.provider);
    if (!provider)
        return Error{Code::unavailable, "the plugin of provider \"" + row.provider + "\" is not loaded", ""};
    if (const Json& wanted = call.body["settings"]; !wanted.is_null()) {
        auto old = open_settings(services.vault, row);
        // A secret that cannot be opened may be replaced; then its old value does not matter.
        if (!old && !wanted.contains(old.error().field.substr(std::string_view("settings.").size())))
            return old.error();
        auto settings =
            checked_settings(services.environment, *provider,
                             merged_settings(old ? *std::move(old) : Json::parse(row.settings), wanted));
        if (const auto* findings = std::get_if<std::vector<Error>>(&settings))
            return problem(*findings, call.request.id);
        if (auto sealed = seal_settings(services.vault, provider->manifest(), std::get<Json>(settings), row);
            !sealed)
            return sealed.error();
    }
    row.name = call.body.value("name", row.name);
    // New settings are given a chance: what the provider refused were the old ones.
    if (call.body.contains("settings") && row.state == store::connection_state::needs_attention)
        row.state = store::connection_state::enabled;
    row.state = call.body.value("state", row.state);
    row.state_text = call.body.contains("state") || call.body.contains("settings") ? "" : row.state_text;
    const std::int64_t now = services.clock.now_ms();
    Json changed = Json::array();
    for (const auto& member : call.body.members()) changed.push_back(member.first);
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        if (!store::connections::update(session, row, now))
            return Error{Code::conflict, "somebody else changed this connection; read it and try again", ""};
        if (call.body.contains("settings"))  // perhaps of another account, which has none of our files
            store::media_handles::forget(session, call.caller.scope, row.id);
        audit(session, call, services, "connection.update", call.param("connection"),
              Json{{"fields", changed}});
        return {};
    });
    if (!written) return written.error();
    services.send.connection_changed(row.id);
    row.updated_at = now;
    return json_response(200, to_json(services, call.caller, row));
}

Result<Response> remove(Services& services, Call& call) {
    auto id = call.id("connection", prefix::connection);
    if (!id) return id.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        if (!store::connections::remove(session, call.caller.scope, *id))
            return no_such("connection", call.param("connection"));
        audit(session, call, services, "connection.delete", call.param("connection"));
        return {};
    });
    if (!written) return written.error();
    services.send.connection_changed(*id);
    return Response{204, {}, {}, {}};
}

Result<Response> read(Services& services, Call& call) {
    auto row = find(services, call);
    if (!row) return row.error();
    Json json = to_json(services, call.caller, *row);
    const auto sync = services.db.read([&](store::Session& session) {
        return store::template_syncs::find(session, call.caller.scope, row->id);
    });
    if (sync)
        json.set("template_sync", Json{{"state", sync->state},
                                       {"error", sync->error},
                                       {"started_at", sync->started_at},
                                       {"finished_at", sync->finished_at}});
    return json_response(200, json);
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto rows = services.db.read([&](store::Session& session) {
        return store::connections::list(session, call.caller.scope, page->from, page->limit + 1);
    });
    return json_response(
        200, page_json(
                 *page, rows, [&](const auto& row) { return to_json(services, call.caller, row); }, by_id));
}

Result<Response> test(Services& services, Call& call) {
    auto row = find(services, call);
    if (!row) return row.error();
    auto verdict = services.send.check(call.caller.scope, row->id);
    if (!verdict) return verdict.error();
    return json_response(200, *verdict);
}

Result<Response> sync(Services& services, Call& call) {
    auto row = find(services, call);
    if (!row) return row.error();
    if (auto started = services.send.sync_templates(call.caller.scope, row->id); !started)
        return started.error();
    return json_response(202, Json{{"state", "running"}});
}

Json answer_schema() {
    using namespace schema;
    const Json time = described(integer(0, INT64_MAX), "Unix milliseconds");
    return object({{"id", text(20)},
                   {"provider", text(64)},
                   {"name", text(190)},
                   {"state", text(32)},
                   {"state_text", text(500)},
                   {"settings", described(any_object(), "Secrets are shown as {\"set\": true}")},
                   {"operator_settings",
                    described(list(text(64), 100), "Left out here: the operator of this server gives them")},
                   {"webhook_url", described(text(2000), "For keys with the permission admin")},
                   {"template_sync", any_object()},
                   {"created_at", time},
                   {"updated_at", time}});
}

}  // namespace

Routes connection_routes(Services& services) {
    using namespace schema;
    const Json state = one_of({"enabled", "disabled"});
    const Json settings =
        described(any_object(), "As the provider's settings schema says; see /v1/providers/{provider}");

    Route creates{"POST",
                  "/v1/connections",
                  Permission::admin,
                  "createConnection",
                  "Connects a provider.",
                  bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body =
        object({{"provider", text(64, 1)}, {"name", text(60, 1)}, {"settings", settings}, {"state", state}},
               {"provider"});
    creates.status = 201;
    creates.answer = answer_schema();

    Route lists{"GET",
                "/v1/connections",
                Permission::read,
                "listConnections",
                "Lists connections, newest first.",
                bound(services, browse)};
    lists.query = page_query();
    lists.answer = page(answer_schema());

    Route reads{"GET",           "/v1/connections/{connection}", Permission::read,
                "getConnection", "Reads a connection.",          bound(services, read)};
    reads.answer = answer_schema();

    Route updates{"PATCH",
                  "/v1/connections/{connection}",
                  Permission::admin,
                  "updateConnection",
                  "Changes a connection; a setting that is left out stays, null takes it away.",
                  bound(services, update)};
    updates.body_kind = BodyKind::json;
    updates.body = object({{"name", text(60, 1)}, {"settings", settings}, {"state", state}});
    updates.answer = answer_schema();

    Route removes{"DELETE",
                  "/v1/connections/{connection}",
                  Permission::admin,
                  "deleteConnection",
                  "Removes a connection with its secrets and templates.",
                  bound(services, remove)};
    removes.status = 204;

    Route tests{"POST",
                "/v1/connections/{connection}/test",
                Permission::admin,
                "testConnection",
                "Asks the provider whether the connection works and says in plain words what does not.",
                bound(services, test)};
    tests.remembers = false;
    tests.answer = any_object();

    Route syncs{"POST",          "/v1/connections/{connection}/sync-templates", Permission::manage,
                "syncTemplates", "Starts to fetch the provider's templates.",   bound(services, sync)};
    syncs.status = 202;
    syncs.answer = object({{"state", text(16)}});
    return {std::move(creates), std::move(lists), std::move(reads), std::move(updates),
            std::move(removes), std::move(tests), std::move(syncs)};
}

}  // namespace dakiya::api
