// One-time passwords: send a code, try it, send it again. The code is never in an answer.
#include "send/otp.hpp"

#include <algorithm>

#include "api/change.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/route_json.hpp"
#include "api/schemas.hpp"
#include "domain/email.hpp"
#include "domain/phone.hpp"
#include "domain/placeholder.hpp"

namespace dakiya::api {

namespace {

using domain::Step;

send::Otps otps(Services& services) {
    return send::Otps({services.db, services.writer, services.ids, services.vault, services.send,
                       services.clock, services.otp_limits});
}

Json to_json(const store::Otp& otp) {
    return Json{{"id", format_id(prefix::otp, otp.id)},
                {"state", domain::to_string(otp.state)},
                {"mode", otp.mode == store::OtpMode::native ? "native" : "own"},
                {"to", otp.address},
                {"connection", format_id(prefix::connection, otp.connection)},
                {"channel", otp.channel},
                {"message", otp.message == 0 ? Json() : Json(format_id(prefix::message, otp.message))},
                {"text", otp.text},
                {"sends", otp.sends},
                {"attempts_left", std::max(0, domain::otp::most_attempts - otp.attempts)},
                {"created_at", otp.created_at},
                {"expires_at", otp.expires_at}};
}

// Whether the recipient gets to see the code: {{code}} in a text or in a variable.
bool shows_code(const domain::Content& content) {
    const auto fields = domain::placeholder_fields(domain::to_json(content).dump());
    return std::find(fields.begin(), fields.end(), "code") != fields.end();
}

// The first step; its content is empty when the provider is to make the code.
Result<Step> first_step(Services& services, const Call& call) {
    Step step;
    const auto id = parse_id(prefix::connection, call.body.at("connection").text());
    if (!id) return invalid("connection", "that is not the id of a connection (con_…)");
    step.connection = *id;
    const auto row = services.db.read(
        [&](store::Session& session) { return store::connections::find(session, call.caller.scope, *id); });
    if (!row) return invalid("connection", "there is no such connection");
    const auto provider = services.registry.find(row->provider);
    if (!provider)
        return Error{Code::unavailable, "the plugin of provider \"" + row->provider + "\" is not loaded", ""};
    step.channel = call.body.value("channel", provider->manifest().channels.front());
    const bool native = provider->manifest().has_op("otp.send");
    const Json& content = call.body["content"];
    const std::string mode = call.body.value("mode", native && content.is_null() ? "native" : "own");
    if (mode == "native") {
        if (!native)
            return Error{Code::unsupported,
                         provider->manifest().name +
                             " cannot make codes itself; give a content with {{code}} and no mode",
                         "mode"};
        if (!content.is_null() || call.body.contains("fallback"))
            return invalid("content",
                           "in mode native the provider writes the text; leave content and "
                           "fallback out");
        return step;
    }
    if (content.is_null()) return invalid("content", "say what is sent: a content with {{code}} in it");
    auto parsed = domain::parse_content(content, "content");
    if (!parsed) return parsed.error();
    step.content = *std::move(parsed);
    return step;
}

Result<send::OtpRequest> read_request(Services& services, const Call& call) {
    auto first = first_step(services, call);
    if (!first) return first.error();
    send::OtpRequest request;
    request.native = first->content.kind.empty();
    const std::string& to = call.body.at("to").text();
    auto address =
        first->channel == "email" ? domain::to_email(to) : domain::to_e164(to, call.caller.country);
    if (!address) return invalid("to", address.error().text);
    request.address = *std::move(address);
    request.client = call.body.value("client", "");
    request.template_name = call.body.value("template", "");
    request.length = static_cast<int>(call.body.value("length", domain::otp::usual));
    request.expiry_s = call.body.value("expiry_s", domain::otp::usual_expiry_s);
    if (!request.native && !request.template_name.empty())
        return invalid("template", "belongs to mode native; else name the template in content");
    request.steps.push_back(*std::move(first));
    if (const Json* fallback = call.body.find("fallback")) {
        auto steps = read_steps(services, call, *fallback);
        if (!steps) return steps.error();
        for (Step& step : *steps) request.steps.push_back(std::move(step));
    }
    for (std::size_t i = 0; i < request.steps.size() && !request.native; ++i)
        if (!shows_code(request.steps[i].content))
            return invalid(i == 0 ? "content" : "fallback[" + std::to_string(i - 1) + "].content",
                           "has no {{code}} in it, so nobody would see the code");
    return request;
}

Response answer_of(const Call& call, int status, const send::OtpSent& sent) {
    if (!sent.wait) return json_response(status, to_json(sent.otp));
    Response refused = problem(Error{Code::too_many, sent.wait->text, "to"}, call.request.id);
    refused.headers.push_back({"Retry-After", std::to_string(sent.wait->seconds)});
    return refused;
}

Result<Response> create(Services& services, Call& call) {
    const auto request = read_request(services, call);
    if (!request) return request.error();
    const auto sent = otps(services).start(call.caller.scope, *request);
    if (!sent) return sent.error();
    return answer_of(call, 202, *sent);
}

Result<Response> resend(Services& services, Call& call) {
    const auto id = call.id("otp", prefix::otp);
    if (!id) return id.error();
    const auto sent = otps(services).resend(call.caller.scope, *id, call.body.value("channel", ""));
    if (!sent) return sent.error();
    return answer_of(call, 202, *sent);
}

Result<Response> verify(Services& services, Call& call) {
    const auto id = call.id("otp", prefix::otp);
    if (!id) return id.error();
    const auto tried = otps(services).verify(call.caller.scope, *id, call.body.at("code").text());
    if (!tried) return tried.error();
    Json json = to_json(tried->otp);
    json.set("verified", tried->verified);
    return json_response(200, json);
}

Result<Response> cancel(Services& services, Call& call) {
    const auto id = call.id("otp", prefix::otp);
    if (!id) return id.error();
    const auto otp = otps(services).cancel(call.caller.scope, *id);
    if (!otp) return otp.error();
    return json_response(200, to_json(*otp));
}

Result<Response> read(Services& services, Call& call) {
    const auto id = call.id("otp", prefix::otp);
    if (!id) return id.error();
    const auto otp = otps(services).find(call.caller.scope, *id);
    if (!otp) return otp.error();
    return json_response(200, to_json(*otp));
}

Json answer_schema() {
    using namespace schema;
    const Json time = described(integer(0, INT64_MAX), "Unix milliseconds");
    return object(
        {{"id", text(20)},
         {"state", one_of({"pending", "verified", "expired", "failed", "cancelled"})},
         {"mode", one_of({"own", "native"})},
         {"to", text(190)},
         {"connection", text(20)},
         {"channel", text(32)},
         {"message", nullable(described(text(20), "The last message with a code; what became of it"))},
         {"text", described(text(500), "Why it failed")},
         {"sends", integer(0, 32'767)},
         {"attempts_left", integer(0, domain::otp::most_attempts)},
         {"verified", described(boolean(), "In the answer of verify: this code was right; true once only")},
         {"created_at", time},
         {"expires_at", time}});
}

}  // namespace

Routes otp_routes(Services& services) {
    using namespace schema;
    Route creates{"POST",
                  "/v1/otp",
                  Permission::send,
                  "sendOtp",
                  "Sends a one-time password.",
                  bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body =
        object({{"to", text(190, 1)},
                {"connection", text(20)},
                {"channel", text(32, 1)},
                {"content", described(any_object(), "As of a message, with {{code}} in it")},
                {"fallback", fallback_schema()},
                {"mode", described(one_of({"own", "native"}),
                                   "native: the provider makes the code; what is meant without a content")},
                {"template", described(text(190), "In mode native: the provider's")},
                {"client", described(text(64), "Who asked you, such as an IP address: it is limited, too")},
                {"length", described(integer(domain::otp::shortest, domain::otp::longest), "Digits; 6")},
                {"expiry_s",
                 described(integer(domain::otp::shortest_expiry_s, domain::otp::longest_expiry_s), "600")}},
               {"to", "connection"});
    creates.status = 202;
    creates.answer = answer_schema();

    Route reads{"GET",
                "/v1/otp/{otp}",
                Permission::read,
                "getOtp",
                "Reads a one-time password, without its code.",
                bound(services, read)};
    reads.answer = answer_schema();

    Route verifies{"POST",      "/v1/otp/{otp}/verify", Permission::send,
                   "verifyOtp", "Tries a code.",        bound(services, verify)};
    verifies.body_kind = BodyKind::json;
    verifies.body = object({{"code", text(16, 1)}}, {"code"});
    verifies.remembers = false;  // a stored answer would be a success more than one
    verifies.answer = answer_schema();

    Route resends{"POST",
                  "/v1/otp/{otp}/resend",
                  Permission::send,
                  "resendOtp",
                  "Sends a new code, by the next step or the one of a channel.",
                  bound(services, resend)};
    resends.body_kind = BodyKind::json;
    resends.body = object({{"channel", text(32, 1)}});
    resends.status = 202;
    resends.answer = answer_schema();

    Route cancels{"POST",      "/v1/otp/{otp}/cancel", Permission::send,
                  "cancelOtp", "Makes the code void.", bound(services, cancel)};
    cancels.answer = answer_schema();
    return {std::move(creates), std::move(reads), std::move(verifies), std::move(resends),
            std::move(cancels)};
}

}  // namespace dakiya::api
