// Quotas: how many messages a day, for everything, a channel or a connection.
#include "store/quotas.hpp"

#include "api/change.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "store/connections.hpp"

namespace dakiya::api {

namespace {

Json to_json(const domain::Quota& quota, std::int64_t now_ms) {
    const std::int64_t used = quota.used_at(now_ms);
    Json json{{"channel", Json()},
              {"connection", Json()},
              {"per_day", quota.per_day},
              {"used", used},
              {"percent", domain::percent_of(used, quota.per_day)},
              {"resets_at", Json()}};
    if (!quota.channel.empty()) json.set("channel", quota.channel);
    if (quota.connection != 0) json.set("connection", format_id(prefix::connection, quota.connection));
    if (quota.resets_at > now_ms) json.set("resets_at", quota.resets_at);
    return json;
}

// What a request names: nothing, a channel, a connection, or both.
Result<domain::Quota> named(const Json& words, std::string_view where) {
    domain::Quota quota;
    quota.channel = words.value("channel", "");
    if (const std::string text = words.value("connection", ""); !text.empty()) {
        const auto id = parse_id(prefix::connection, text);
        if (!id)
            return invalid(std::string(where) + "connection", "that is not the id of a connection (con_…)");
        quota.connection = *id;
    }
    return quota;
}

Result<Response> browse(Services& services, Call& call) {
    Json items = Json::array();
    const std::int64_t now = services.clock.now_ms();
    for (const domain::Quota& quota : services.db.read(
             [&](store::Session& session) { return store::quotas::list(session, call.caller.scope); }))
        items.push_back(to_json(quota, now));
    return json_response(200, Json{{"items", std::move(items)}});
}

Result<Response> put(Services& services, Call& call) {
    auto quota = named(call.body, "");
    if (!quota) return quota.error();
    const std::int64_t per_day = call.body.at("per_day").integer();
    std::vector<domain::Quota> all;
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        const store::Scope scope = call.caller.scope;
        if (quota->connection != 0 && !store::connections::find(session, scope, quota->connection))
            return invalid("connection", "there is no such connection");
        store::quotas::put(session, scope, quota->channel, quota->connection, per_day);
        store::holds::hurry(session, scope, services.clock.now_ms());
        audit(session, call, services, "quota.put", quota->channel,
              Json{{"connection", quota->connection}, {"per_day", per_day}});
        all = store::quotas::list(session, scope);
        return {};
    });
    if (!written) return written.error();
    for (const domain::Quota& stored : all)
        if (stored.channel == quota->channel && stored.connection == quota->connection)
            return json_response(200, to_json(stored, services.clock.now_ms()));
    throw std::logic_error("a quota that was written is not there");
}

Result<Response> remove(Services& services, Call& call) {
    auto quota = named(call.query, "query.");
    if (!quota) return quota.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        const store::Scope scope = call.caller.scope;
        if (!store::quotas::remove(session, scope, quota->channel, quota->connection))
            return Error{Code::not_found, "there is no quota for this channel and connection", ""};
        store::holds::hurry(session, scope, services.clock.now_ms());
        audit(session, call, services, "quota.remove", quota->channel,
              Json{{"connection", quota->connection}});
        return {};
    });
    if (!written) return written.error();
    return Response{204, {}, {}, {}};
}

}  // namespace

Routes quota_routes(Services& services) {
    using namespace schema;
    const Json channel =
        described(one_of({"whatsapp", "sms", "email", "voice", "rcs"}), "Every channel when left out");
    const Json connection = described(text(20, 1), "Every connection when left out");
    const Json answer = object(
        {{"channel", nullable(text(16))},
         {"connection", nullable(text(20))},
         {"per_day", integer(0, domain::most_per_day)},
         {"used", described(integer(0, INT64_MAX), "Since 00:00 in the tenant's zone")},
         {"percent", described(integer(0, INT32_MAX), "Of per_day; 80 and 100 are logged")},
         {"resets_at", described(nullable(integer(0, INT64_MAX)), "Null before the day's first message")}});
    Route lists{"GET",
                "/v1/quotas",
                Permission::read,
                "listQuotas",
                "Lists the daily quotas and what is used of them.",
                bound(services, browse)};
    lists.answer = object({{"items", list(answer, 10'000)}});

    Route puts{"PUT",
               "/v1/quotas",
               Permission::admin,
               "putQuota",
               "Sets how many messages may be sent in a day of the tenant's zone. A message counts in every "
               "quota that names its channel and connection.",
               bound(services, put)};
    puts.body_kind = BodyKind::json;
    puts.body = object(
        {{"channel", channel}, {"connection", connection}, {"per_day", integer(0, domain::most_per_day)}},
        {"per_day"});
    puts.answer = answer;

    Route removes{"DELETE",
                  "/v1/quotas",
                  Permission::admin,
                  "removeQuota",
                  "Removes a quota; campaigns that it held go on.",
                  bound(services, remove)};
    removes.query = object({{"channel", channel}, {"connection", connection}});
    removes.status = 204;
    return {std::move(lists), std::move(puts), std::move(removes)};
}

}  // namespace dakiya::api
