// Messages: send one, look at them.
#include "api/change.hpp"
#include "api/idempotency.hpp"
#include "api/media_json.hpp"
#include "api/message_json.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resolve.hpp"
#include "api/resources.hpp"
#include "api/route_json.hpp"
#include "api/schemas.hpp"
#include "domain/content.hpp"

namespace dakiya::api {

namespace {

Result<Response> create(Services& services, Call& call) {
    send::MessageRequest request;
    const auto connection = parse_id(prefix::connection, call.body.at("connection").text());
    if (!connection) return invalid("connection", "that is not the id of a connection (con_…)");
    request.connection = *connection;
    request.channel = call.body.value("channel", "");
    request.from = call.body.value("from", "");
    request.to = call.body.value("to", "");
    if (const std::string text = call.body.value("contact", ""); !text.empty()) {
        const auto contact = parse_id(prefix::contact, text);
        if (!contact) return invalid("contact", "that is not the id of a contact (cnt_…)");
        request.contact = *contact;
    }
    if (request.to.empty() == (request.contact == 0))
        return invalid("to", "say to whom: either \"to\" (an address) or \"contact\" (an id)");
    auto content = domain::parse_content(call.body.at("content"), "content");
    if (!content) return content.error();
    request.content = *std::move(content);
    request.expires_at = call.body.value("expires_at", 0);
    if (request.expires_at != 0 && request.expires_at <= services.clock.now_ms())
        return invalid("expires_at", "that time (Unix milliseconds) is over");
    if (const Json* fallback = call.body.find("fallback")) {
        auto steps = read_steps(services, call, *fallback);
        if (!steps) return steps.error();
        request.fallback = *std::move(steps);
    }
    request.lane = call.body.value("category", "") == "otp" ? store::Lane::otp : store::Lane::single;
    const auto answer = [](const store::MessageView& view) { return json_response(202, to_json(view)); };
    send::Along along;
    if (call.once != nullptr) {
        along.before = [&](store::Session& session) { return call.once->begin(session); };
        along.after = [&](store::Session& session, const store::MessageView& view) {
            call.once->finish(session, answer(view));
        };
    }
    auto sent = services.send.send_message(call.caller.scope, request, along);
    if (!sent && sent.error().code == Code::too_many)
        return problem(429, "quota", sent.error(), call.request.id);
    if (!sent) return sent.error();
    return answer(*sent);
}

Result<Response> read(Services& services, Call& call) {
    auto id = call.id("message", prefix::message);
    if (!id) return id.error();
    std::optional<store::MessageView> view;
    std::vector<store::MessageEvent> happened;
    std::optional<store::media_fetches::View> file;
    services.db.read([&](store::Session& session) {
        view = store::messages::find(session, call.caller.scope, *id);
        if (!view) return;
        happened = store::messages::events(session, call.caller.scope, *id);
        if (view->message.origin == domain::Origin::inbound)
            file = store::media_fetches::of_message(session, call.caller.scope, *id);
    });
    if (!view) return no_such("message", call.param("message"));
    Json json = to_json(*view);
    if (!view->message.content.empty()) json.set("content", Json::parse(view->message.content));
    if (!view->message.params.empty() && view->message.origin != domain::Origin::otp)
        json.set("params", Json::parse(view->message.params));
    Json events = Json::array();
    for (const store::MessageEvent& event : happened) events.push_back(to_json(event));
    json.set("events", std::move(events));
    if (file) json.set("media", to_json(*file));
    return json_response(200, json);
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    store::MessageFilter filter;
    filter.address = call.query.value("address", "");
    if (const std::string state = call.query.value("state", ""); !state.empty())
        filter.state = domain::parse_state(state);
    if (const std::string text = call.query.value("campaign", ""); !text.empty()) {
        const auto id = parse_id(prefix::campaign, text);
        if (!id) return invalid("query.campaign", "that is not the id of a campaign (cmp_…)");
        filter.campaign = *id;
    }
    const auto found = services.db.read([&](store::Session& session) {
        return store::messages::list(session, call.caller.scope, filter, page->from, page->limit);
    });
    return json_response(200,
                         page_json(found.rows, found.next, [](const auto& row) { return to_json(row); }));
}

}  // namespace

Routes message_routes(Services& services) {
    using namespace schema;
    Route creates{"POST",
                  "/v1/messages",
                  Permission::send,
                  "sendMessage",
                  "Sends one message. The answer comes at once; its state tells what became of it.",
                  bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body = object(
        {{"connection", text(20, 1)},
         {"to", described(text(190, 1), "A phone number in any spelling, or an e-mail address")},
         {"contact", text(20, 1)},
         {"channel", described(text(16, 1), "The provider's first when left out")},
         {"category",
          described(one_of({"otp", "transactional"}),
                    "otp goes before everything else; transactional, before campaigns, when left out")},
         {"from", described(text(190, 1), "The connection's default sender when left out")},
         {"content", described(any_object(), R"({"kind":"text","text":"Hi"} and the other kinds)")},
         {"expires_at", described(integer(1, INT64_MAX), "Unix milliseconds; in 24 hours when left out")},
         {"fallback", fallback_schema()}},
        {"connection", "content"});
    creates.status = 202;
    creates.keeps_its_answer = true;
    creates.answer = message_schema();

    Route reads{"GET",
                "/v1/messages/{message}",
                Permission::read,
                "getMessage",
                "Reads a message with what happened to it.",
                bound(services, read)};
    reads.answer = message_schema();

    Route lists{"GET",
                "/v1/messages",
                Permission::read,
                "listMessages",
                "Lists messages, newest first.",
                bound(services, browse)};
    lists.query = page_query({{"campaign", text(20)}, {"state", state_schema()}, {"address", text(190)}});
    lists.answer = page(message_schema());
    return {std::move(creates), std::move(reads), std::move(lists), resolve_route(services)};
}

}  // namespace dakiya::api
