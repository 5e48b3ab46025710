// Source: documenter.getpostman.com/view/14760594/2sA2r7zibM ("Interakt Public APIs").
#include "interakt.hpp"

#include "file_replies.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;

constexpr std::string_view base = "/v1/public";

std::string words_of(int status) {
    if (status == 401) return "Invalid API key";
    if (status == 403) return "Your plan does not include the public API";
    if (status == 429) return "Rate limit exceeded for this resource";
    return "refused by the simulation";
}

// What the list shows of a template that is kept in Meta's shape. Buttons are JSON in a text; of every second
// template a text within a text.
Json listed(const Json& made, bool twice) {
    Json out{{"id", made.value("id", "")},
             {"name", made.value("name", "")},
             {"display_name", made.value("name", "")},
             {"language", made.value("language", "")},
             {"category", made.value("category", "")},
             {"header_format", nullptr},
             {"header", nullptr},
             {"body", ""},
             {"footer", nullptr},
             {"buttons", nullptr},
             {"approval_status", made.value("status", "")},
             {"rejection_reason", nullptr}};
    for (const Json& part : made["components"]) {
        const std::string type = part.value("type", "");
        if (type == "HEADER") out.set("header_format", part["format"]);
        if (type == "HEADER" && part.contains("text")) out.set("header", part["text"]);
        if (type == "BODY") out.set("body", part["text"]);
        if (type == "FOOTER") out.set("footer", part["text"]);
        if (type == "BUTTONS") {
            const std::string text = part["buttons"].dump();
            out.set("buttons", twice ? Json(text).dump() : text);
        }
    }
    return out;
}

}  // namespace

std::string dashed(const std::string& token) {
    return token.substr(0, 8) + '-' + token.substr(8, 4) + '-' + token.substr(12, 4) + '-' +
           token.substr(16, 4) + '-' + token.substr(20);
}

Reply Interakt::answer(const Request& request) {
    constexpr std::string_view scheme = "Basic ";
    const std::string_view header = request.header("Authorization");
    const std::string_view key = header.substr(std::min(scheme.size(), header.size()));
    if (request.path.starts_with("/in/"))
        return stored_file(world_, Provider::interakt, request, {"Authorization"});
    if (!header.starts_with(scheme)) return refuse(401, "Authorization must be \"Basic <key>\"", true);
    if (base64_decode(key).starts_with(config().api_key))
        return refuse(401, "the key was encoded once more", true);
    if (key != config().api_key) return refuse(401, words_of(401));
    return route(request);
}

Reply Interakt::refuse(int status, const std::string& message, bool violation) {
    if (violation) world_.violation(Provider::interakt, std::to_string(status) + ": " + message);
    world_.refuse(Provider::interakt, status);
    return json(Json{{"result", false}, {"message", message}}, status);
}

Reply Interakt::route(const Request& request) {
    if (!request.path.starts_with(base))
        return refuse(404, "no such path: " + std::string(request.path), true);
    const std::string_view path = request.path.substr(base.size());
    const bool post = request.method == "POST";
    if (post && !path.ends_with('/')) {  // the body is lost on the way to the other address
        Reply reply = refuse(301, "the path must end with a slash", true);
        reply.headers = "Location: https://api.interakt.ai" + std::string(request.path) + "/\r\n";
        return reply;
    }
    if (post && path == "/message/") return send(request);
    if (post && path == "/track/templates/") return create_template(request);
    if (request.method == "GET" && path == "/track/organization/templates") return templates(request);
    return refuse(404, "no such path: " + std::string(request.method) + " " + std::string(path), true);
}

Reply Interakt::send(const Request& request) {
    if (request.content_type() != "application/json")
        return refuse(400, "Content-Type must be application/json", true);
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.message(), true);
    InteraktMessage message;
    if (const InteraktRefusal refusal = check_interakt_message(body, config(), message))
        return refuse(400, refusal.details, refusal.violation);
    if (!world_.within_rate(Provider::interakt, "account", config().rate)) return refuse(429, words_of(429));
    Message accepted;
    accepted.provider = Provider::interakt;
    accepted.to = message.digits;
    accepted.whatsapp = true;
    accepted.kind = message.kind;
    accepted.template_name = message.template_name;
    accepted.ref = message.ref;
    accepted.text = message.text;
    accepted.params = message.params;
    accepted.sender = config().channel_phone_number;
    const Outcome outcome = world_.take(accepted);
    if (outcome.refused)
        return json(Json{{"result", false}, {"message", words_of(outcome.refused)}}, outcome.refused);
    if (outcome.unanswered) return no_answer();
    return json(
        Json{{"result", true},
             {"message", "Message queued for sending via Interakt. Check webhook for delivery status"},
             {"id", world_.ledger().id(*outcome.n)}},
        201);
}

// One a page, so that a client that stops at the first is seen. There is no "all".
Reply Interakt::templates(const Request& request) {
    const Form query = parse_form(request.query);
    const std::string *state = find(query, "approval_status"), *offset = find(query, "offset");
    if (!state || (*state != "APPROVED" && *state != "WAITING" && *state != "REJECTED"))
        return refuse(400, "approval_status must be APPROVED, WAITING or REJECTED", true);
    if (!offset || !all_digits(*offset) || offset->size() > 6)
        return refuse(400, "offset must be a number", true);
    Json::Array all;
    for (const Json& made : config().templates)
        if (made.value("status", "") == *state) all.push_back(listed(made, all.size() % 2 == 1));
    const std::size_t first = std::stoul(*offset);
    Json page = Json::array();
    if (first < all.size()) page.push_back(all[first]);
    return json(Json{{"count", all.size()},
                     {"has_next", first + 1 < all.size()},
                     {"results", Json{{"templates", std::move(page)}}}});
}

Reply Interakt::create_template(const Request& request) {
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse(400, fault.message(), true);
    Fields fields(body, nullptr, "", fault);
    const std::string name(fields.text("display_name", Fields::required, 512));
    if (fields.text("language", Fields::required, 40).find('_') != std::string_view::npos)
        fields.fail(Fault::Kind::bad_value, "language", "is a name, not a code");
    const std::string_view category = fields.text("category", Fields::required, 20);
    if (category != "Utility" && category != "Marketing" && category != "Authentication")
        fields.fail(Fault::Kind::bad_value, "category", "must be Utility, Marketing or Authentication");
    const std::string text(fields.text("body", Fields::required, 1024));
    for (const char* list : {"header_text", "body_text", "buttons"})
        fields.list(list, Fields::optional, 10, 0);
    for (const char* plain : {"header_format", "header", "footer", "button_type", "button_text"})
        fields.text(plain, Fields::optional, 2000);
    if (text.find("{{") != std::string::npos && body["body_text"].empty())
        fields.fail(Fault::Kind::missing, "body_text", "is missing");
    fields.finish();
    if (fault) return refuse(400, fault.message(), true);
    const std::uint64_t number = world_.next_number() & 0xFFFFU;
    Json made{{"id", "7e1b" + std::to_string(number)},
              {"name", name + "_x" + std::to_string(number)},
              {"language", "en"},
              {"status", "WAITING"},
              {"category", "UTILITY"},
              {"components", Json::array({Json{{"type", "BODY"}, {"text", text}}})}};
    Json document = world_.document();
    document.find("interakt")->find("templates")->push_back(made);
    if (const Fault wrong = world_.configure(std::move(document))) return refuse(400, wrong.message());
    return json(
        Json{{"result", true},
             {"data", Json{{"id", made["id"]}, {"name", made["name"]}, {"approval_status", "WAITING"}}}},
        201);
}

}  // namespace sim
