// Live questions to a provider: what it says now, nothing of it is stored.
#include "api/change.hpp"
#include "api/named_row.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "send/connections.hpp"
#include "store/messages.hpp"

namespace dakiya::api {

namespace {

constexpr Millis short_patience{10'000};  // somebody looks at a screen

Result<std::vector<plugin::Record>> ask(Services& services, Call& call, const char* op, Json input) {
    const auto id = call.id("connection", prefix::connection);
    if (!id) return id.error();
    return services.send.ask(call.caller.scope, *id,
                             {op, std::move(input), net::Lane::single, short_patience});
}

Result<Response> balance(Services& services, Call& call) {
    const auto records = ask(services, call, "balance", Json::object());
    if (!records) return records.error();
    const Json* said = send::record_of(*records, "balance");
    if (!said) return Error{Code::provider_refused, "the provider did not tell a balance", ""};
    return json_response(200,
                         Json{{"amount", said->at("amount")}, {"currency", said->value("currency", "")}});
}

// All records of a kind, with these fields.
Json items_of(const std::vector<plugin::Record>& records, std::string_view kind,
              std::initializer_list<std::string_view> fields) {
    Json items = Json::array();
    for (const plugin::Record& record : records) {
        if (record.kind != kind) continue;
        Json item = Json::object();
        for (const std::string_view field : fields) item.set(field, record.json[field]);
        items.push_back(std::move(item));
    }
    return Json{{"items", std::move(items)}};
}

Result<Response> senders(Services& services, Call& call) {
    const auto records = ask(services, call, "senders", Json::object());
    if (!records) return records.error();
    return json_response(200,
                         items_of(*records, "sender", {"id", "name", "status", "quality", "throughput"}));
}

Result<Response> options(Services& services, Call& call) {
    const auto records = ask(services, call, "options", Json{{"field", call.query.at("field")}});
    if (!records) return records.error();
    return json_response(200, items_of(*records, "option", {"value", "title"}));
}

Result<Response> set_webhook(Services& services, Call& call) {
    const auto row = named_row(services, call, "connection", prefix::connection, store::connections::find);
    if (!row) return row.error();
    const auto provider = services.registry.find(row->provider);
    const std::string url =
        provider ? send::webhook_address(services.public_url, *row, provider->manifest()) : "";
    if (provider && url.empty())
        return Error{Code::conflict,
                     services.public_url.empty()
                         ? "this server does not know its public address; the operator sets server.public_url"
                         : "this provider has no webhook",
                     ""};
    const auto records = ask(services, call, "webhook.set", Json{{"url", url}});
    if (!records) return records.error();
    const Json* note = send::record_of(*records, "note");
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        audit(session, call, services, "connection.webhook", call.param("connection"));
        return {};
    });
    if (!written) return written.error();
    return json_response(200, Json{{"webhook_url", url}, {"text", note ? note->value("text", "") : ""}});
}

Result<Response> mark_read(Services& services, Call& call) {
    const auto view = named_row(services, call, "message", prefix::message, store::messages::find);
    if (!view) return view.error();
    if (view->message.origin != domain::Origin::inbound)
        return Error{Code::conflict, "only a message that came in can be marked as read", ""};
    const std::string provider_id = Json::parse(view->message.content)["id"].scalar();
    if (provider_id.empty())
        return Error{Code::unsupported, "the provider gave this message no id by which it can be named", ""};
    const Json input{{"id", provider_id},
                     {"address", view->message.address},
                     {"typing", call.body.value("typing", false)}};
    const auto records = services.send.ask(call.caller.scope, view->message.connection,
                                           {"mark_read", input, net::Lane::single, short_patience});
    if (!records) return records.error();
    return Response{204, {}, {}, {}};
}

}  // namespace

Routes question_routes(Services& services) {
    using namespace schema;
    const auto items = [](Json item) {
        return object({{"items", Json{{"type", "array"}, {"items", std::move(item)}}}});
    };
    Route balances{"GET",        "/v1/connections/{connection}/balance",           Permission::read,
                   "getBalance", "Asks the provider what is left on the account.", bound(services, balance)};
    balances.answer = object({{"amount", described(text(64), "A decimal number, as text")},
                              {"currency", described(text(16), "Empty: credits, or not told")}});

    Route lists{"GET",
                "/v1/connections/{connection}/senders",
                Permission::read,
                "listSenders",
                "Asks the provider which senders the account has.",
                bound(services, senders)};
    lists.answer = items(any_object());

    Route choices{"GET",
                  "/v1/connections/{connection}/options",
                  Permission::read,
                  "listOptions",
                  "Asks the provider which values a field with x-options may have.",
                  bound(services, options)};
    choices.query = object({{"field", text(64, 1)}}, {"field"});
    choices.answer = items(any_object());

    Route sets{"POST",       "/v1/connections/{connection}/webhook",         Permission::admin,
               "setWebhook", "Tells the provider to report to this server.", bound(services, set_webhook)};
    sets.answer = object({{"webhook_url", text(2000)}, {"text", text(2000)}});

    Route reads{"POST",
                "/v1/messages/{message}/read",
                Permission::send,
                "markMessageRead",
                "Shows the sender of an inbound message that it was read.",
                bound(services, mark_read)};
    reads.body_kind = BodyKind::json;
    reads.body = object({{"typing", described(boolean(), "Also show that somebody is writing")}});
    reads.status = 204;
    return {std::move(balances), std::move(lists), std::move(choices), std::move(sets), std::move(reads)};
}

}  // namespace dakiya::api
