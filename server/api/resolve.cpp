#include "api/resolve.hpp"

#include "api/change.hpp"
#include "api/message_json.hpp"
#include "api/problem.hpp"
#include "api/schemas.hpp"
#include "receive/apply.hpp"
#include "send/resolve.hpp"
#include "store/fallbacks.hpp"

namespace dakiya::api {

namespace {

// A person's word counts like the provider's: the counters move, and a route goes on after a failure.
receive::Incoming word_of_a_person(const store::Message& message, const std::string& as, std::int64_t now) {
    Json event{{"kind", "status"},
               {"ref", format_id(prefix::message, message.id)},
               {"status", as == "sent" ? "sent" : "failed"},
               {"dedupe", "resolved"},
               {"at", now}};
    if (as != "sent")
        event.set("error", Json{{"class", "other"},
                                {"code", as == "resend" ? "resent" : "resolved"},
                                {"text", as == "resend" ? "somebody had it sent again"
                                                        : "somebody found that it was not sent"}});
    return {message.tenant, message.connection, std::move(event), now};
}

Result<Id> settle(store::Session& session, const store::MessageView& view, const std::string& as,
                  std::int64_t now) {
    if (view.state != domain::State::uncertain)
        return Error{
            Code::conflict,
            "only an uncertain message can be resolved; this one is " + std::string(to_string(view.state)),
            ""};
    receive::apply(session, {word_of_a_person(view.message, as, now)}, now);
    const Id ids[] = {view.message.id};
    store::unsettled::remove(session, ids);
    if (as != "resend") return Id{0};
    // The new message takes the place of the next step.
    const store::Fallback row{view.message.id, view.message.tenant, 0, 0};
    store::fallbacks::take(session, std::span<const store::Fallback>(&row, 1));
    const auto again = send::resend(session, view.message, now);
    if (!again) return again.error();
    return again->id;
}

Result<Response> resolve(Services& services, Call& call) {
    const auto id = call.id("message", prefix::message);
    if (!id) return id.error();
    const std::string as = call.body.at("as").text();
    const std::int64_t now = services.clock.now_ms();
    Id resent = 0;
    std::optional<store::MessageView> after;
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        const auto view = store::messages::find(session, call.caller.scope, *id);
        if (!view) return no_such("message", call.param("message"));
        const auto settled = settle(session, *view, as, now);
        if (!settled) return settled.error();
        resent = *settled;
        Json detail{{"as", as}};
        if (resent != 0) detail.set("message", format_id(prefix::message, resent));
        audit(session, call, services, "message.resolve", call.param("message"), detail);
        after = store::messages::find(session, call.caller.scope, *id);
        return {};
    });
    if (!written) return written.error();
    Json json = to_json(*after);
    json.set("resent_as", resent == 0 ? Json() : Json(format_id(prefix::message, resent)));
    return json_response(200, json);
}

}  // namespace

Route resolve_route(Services& services) {
    using namespace schema;
    Route route{"POST",
                "/v1/messages/{message}/resolve",
                Permission::send,
                "resolveMessage",
                "Says what became of an uncertain message, or has it sent once more as a new message.",
                bound(services, resolve)};
    route.body_kind = BodyKind::json;
    route.body = object({{"as", one_of({"sent", "failed", "resend"})}}, {"as"});
    route.answer = message_schema();
    return route;
}

}  // namespace dakiya::api
