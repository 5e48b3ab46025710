// Suppressions: addresses that must not be messaged.
#include "store/suppressions.hpp"
#include "api/change.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "domain/email.hpp"
#include "domain/phone.hpp"

namespace dakiya::api {

namespace {

Json to_json(const store::Suppressed& row) {
    return Json{{"channel", row.channel},
                {"address", row.address},
                {"reason", to_string(row.reason)},
                {"source", row.source},
                {"created_at", row.created_at}};
}

// In the spelling in which messages carry it.
Result<std::string> address_of(const std::string& channel, const std::string& text, const Caller& caller) {
    auto address = channel == "email" ? domain::to_email(text) : domain::to_e164(text, caller.country);
    if (!address) return invalid("address", address.error().text);
    return address;
}

Result<Response> create(Services& services, Call& call) {
    store::Suppressed row;
    row.channel = call.body.at("channel").text();
    auto address = address_of(row.channel, call.body.at("address").text(), call.caller);
    if (!address) return address.error();
    row.address = *std::move(address);
    row.source = "api";
    row.created_at = services.clock.now_ms();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        store::suppressions::add(session, call.caller.scope, row);
        audit(session, call, services, "suppression.add", row.channel + ' ' + row.address);
        return {};
    });
    if (!written) return written.error();
    // What is there may be older and have another reason.
    const auto stored = services.db.read([&](store::Session& session) {
        return store::suppressions::find(session, call.caller.scope, row.channel, row.address);
    });
    return json_response(201, to_json(stored.value_or(row)));
}

Result<Response> remove(Services& services, Call& call) {
    const std::string& channel = call.param("channel");
    auto address = address_of(channel, call.param("address"), call.caller);
    if (!address) return address.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        if (!store::suppressions::remove(session, call.caller.scope, channel, *address))
            return no_such("suppression", channel + ' ' + *address);
        audit(session, call, services, "suppression.remove", channel + ' ' + *address);
        return {};
    });
    if (!written) return written.error();
    return Response{204, {}, {}, {}};
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query, Cursor::words);
    if (!page) return page.error();
    const std::size_t space = page->after.find(' ');
    const std::string channel = page->after.substr(0, space);
    const std::string address = space == std::string::npos ? "" : page->after.substr(space + 1);
    const auto rows = services.db.read([&](store::Session& session) {
        return store::suppressions::list(session, call.caller.scope, channel, address, page->limit + 1);
    });
    return json_response(200, page_json(
                                  *page, rows, [](const auto& row) { return to_json(row); },
                                  [](const auto& row) { return row.channel + ' ' + row.address; }));
}

}  // namespace

Routes suppression_routes(Services& services) {
    using namespace schema;
    const Json channel = one_of({"whatsapp", "sms", "email", "voice", "rcs"});
    const Json answer = object({{"channel", text(16)},
                                {"address", text(190)},
                                {"reason", one_of({"opted_out", "complaint", "unreachable", "manual"})},
                                {"source", text(190)},
                                {"created_at", integer(0, INT64_MAX)}});
    Route creates{"POST",
                  "/v1/suppressions",
                  Permission::manage,
                  "addSuppression",
                  "Closes an address: nothing is sent to it any more.",
                  bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body = object({{"channel", channel}, {"address", text(190, 1)}}, {"channel", "address"});
    creates.status = 201;
    creates.answer = answer;

    Route lists{"GET",
                "/v1/suppressions",
                Permission::read,
                "listSuppressions",
                "Lists closed addresses by channel and address.",
                bound(services, browse)};
    lists.query = page_query();
    lists.answer = page(answer);

    Route removes{"DELETE",
                  "/v1/suppressions/{channel}/{address}",
                  Permission::manage,
                  "removeSuppression",
                  "Opens an address again. Only with the person's consent.",
                  bound(services, remove)};
    removes.status = 204;
    return {std::move(creates), std::move(lists), std::move(removes)};
}

}  // namespace dakiya::api
