#include "gupshup.hpp"

#include "file_replies.hpp"

#include <algorithm>

namespace sim {
namespace {

using dakiya::Json;
using dakiya::JsonError;

constexpr int no_such_app = 1001;  // taken without src.name, and failed by an event

Json parsed(const std::string& text) {
    try {
        return Json::parse(text);
    } catch (const JsonError&) {
        return {};
    }
}

bool has_null(const Json& json) {
    if (json.is_null()) return true;
    if (json.is_array()) return std::any_of(json.begin(), json.end(), has_null);
    if (!json.is_object()) return false;
    return std::any_of(json.members().begin(), json.members().end(),
                       [](const Json::Member& member) { return has_null(member.second); });
}

Reply said(int status, std::string_view words) {
    return {status, Json{{"status", "error"}, {"message", words}}.dump()};
}

bool is_https(const Json& json) { return json.is_string() && json.text().starts_with("https://"); }

}  // namespace

std::string uuid_of(const std::string& token) {
    return token.substr(0, 8) + '-' + token.substr(8, 4) + '-' + token.substr(12, 4) + '-' +
           token.substr(16, 4) + '-' + token.substr(20);
}

Reply Gupshup::refuse(int status, std::string_view words, bool violation) {
    if (violation) world_.violation(Provider::gupshup, std::string(words));
    world_.refuse(Provider::gupshup, status);
    return said(status, words);
}

Reply Gupshup::answer(const Request& request) {
    if (request.path == "/GatewayAPI/rest") return sms(request);
    if (request.method == "GET" && request.path.starts_with(files()))
        return stored_file(world_, Provider::gupshup, request, {"apikey", "Authorization"});
    return whatsapp(request);
}

Reply Gupshup::whatsapp(const Request& request) {
    if (request.path.starts_with("/sm/")) return refuse(404, "/sm is shut for new apps", true);
    if (request.header("apikey") != config().api_key) return refuse(401, "Authentication Failed");
    const std::string app = "/wa/app/" + config().app_id;
    if (request.method == "GET" && request.path == app + "/template") return list();
    if (request.path.starts_with("/wa/app/") && !request.path.starts_with(app + '/'))
        return refuse(400, "Invalid App Details");
    if (request.method == "POST" && request.path == files()) return upload(request);
    if (request.method != "POST") return refuse(404, "no such call: " + std::string(request.path), true);
    if (request.content_type() != "application/x-www-form-urlencoded")
        return refuse(400, "a form is needed", true);
    const Form form = parse_form(request.body);
    if (request.path == "/wa/api/v1/msg") return message(form);
    if (request.path == "/wa/api/v1/template/msg") return template_message(form);
    if (request.path == app + "/subscription")
        return {200, R"({"status":"success","subscription":{"id":"1"}})"};
    return refuse(404, "no such call: " + std::string(request.path), true);
}

Reply Gupshup::list() const {
    Json templates = Json::array();
    for (const Json& made : config().templates) templates.push_back(gupshup_listed(made, config().app_id));
    return {200, Json{{"status", "success"}, {"templates", std::move(templates)}}.dump()};
}

std::optional<File> gupshup_upload(const Request& request) {
    const auto parts = parse_multipart(request.header("content-type"), request.body);
    if (!parts) return std::nullopt;
    const Part *file = find(*parts, "file"), *type = find(*parts, "file_type");
    if (!file || file->data.empty() || !type || type->data.empty()) return std::nullopt;
    return File{std::string(type->data), std::string(file->data)};
}

Reply Gupshup::upload(const Request& request) {
    const auto file = gupshup_upload(request);
    if (!file) return refuse(400, "file and file_type are needed", true);
    world_.ledger().uploaded(Provider::gupshup);
    const std::string id = world_.files().add(Provider::gupshup, *file);
    return {200, Json{{"status", "success"}, {"mediaId", id}}.dump()};
}

Reply Gupshup::addressed(const Form& form, Draft& draft) {
    if (field(form, "channel") != "whatsapp") return refuse(400, "channel must be whatsapp", true);
    if (field(form, "source") != config().source) return refuse(400, "Invalid App Details");
    const std::string to = field(form, "destination");
    if (to.size() < 7 || to.size() > 15 || !all_digits(to)) return refuse(400, "Invalid Destination", true);
    draft.to = std::stoull(to);
    if (field(form, "src.name") == config().app_name) return {};
    // Taken all the same: only an event will tell.
    draft.fails_with = no_such_app;
    world_.violation(Provider::gupshup, "src.name is missing or not the app's");
    return {};
}

// What is wrong with the JSON of a free-form message; "" when nothing is.
std::string Gupshup::fault_of(const Json& message, Draft& draft) const {
    const std::string type = message.value("type", "");
    draft.kind = type;
    if (has_null(message)) return "null is refused: leave the member out";
    if (type == "text") {
        draft.text = message["text"].is_string() ? message["text"].text() : "";
        const bool fits = !draft.text.empty() && count_code_points(draft.text) <= 4096;
        return fits ? "" : "a text has 1 to 4096 characters";
    }
    if (message.contains("id")) {
        const bool known = world_.files().find(Provider::gupshup, message["id"].scalar()) != nullptr;
        return known ? "" : "the media id is not known";
    }
    if (type == "image")
        return is_https(message["originalUrl"]) && is_https(message["previewUrl"])
                   ? ""
                   : "an image needs its urls";
    if (type == "audio" && message.contains("caption")) return "audio has no caption";
    if (type == "video" || type == "audio" || type == "file" || type == "sticker")
        return is_https(message["url"]) ? "" : "a " + type + " needs its url";
    if (type == "location")
        return message["latitude"].is_number() && message["longitude"].is_number() ? "" : "no place";
    if (type == "contact")
        return message["contact"]["name"]["formattedName"].is_string() ? "" : "no formattedName";
    if (type == "reaction") return message["msgId"].is_string() ? "" : "a reaction needs msgId";
    if (type == "quick_reply")
        return message["options"].size() >= 1 && message["options"].size() <= 3 ? "" : "1 to 3 options";
    if (type == "list")
        return message["items"].size() >= 1 && message["globalButtons"].size() == 1 ? "" : "no items";
    if (type == "location_request_message") return "";
    return "there is no type \"" + type + "\"";
}

Reply Gupshup::message(const Form& form) {
    Draft draft;
    if (Reply wrong = addressed(form, draft); wrong.status != 200) return wrong;
    if (const std::string fault = fault_of(parsed(field(form, "message")), draft); !fault.empty())
        return refuse(400, fault, true);
    return accept(draft);
}

Reply Gupshup::template_message(const Form& form) {
    Draft draft;
    draft.kind = "template";
    if (Reply wrong = addressed(form, draft); wrong.status != 200) return wrong;
    const Json asked = parsed(field(form, "template"));
    const auto found = config().shapes.find(asked.value("id", ""));
    // A name or Meta's number is no id here.
    if (found == config().shapes.end()) return refuse(400, "Template not found", true);
    const TemplateShape& shape = found->second;
    if (shape.status != "APPROVED") return refuse(400, "Template is not approved");
    std::size_t links = 0;
    for (const std::string& button : shape.buttons) links += button == "url";
    const Json& params = asked["params"];
    if (!params.is_array() || params.size() != shape.body_variables + links)
        return refuse(400, "params do not match the template", true);
    for (const Json& value : params)
        if (!value.is_string() || value.text().empty()) return refuse(400, "a param is empty", true);
    const Json header = parsed(field(form, "message"));
    if ((!shape.header.empty() && shape.header != "TEXT") != header.is_object())
        return refuse(400, "message must hold the header's media, and nothing else", true);
    for (const Json& made : config().templates)
        if (made["id"] == asked["id"]) draft.template_name = made.value("elementName", "");
    draft.params = params.dump();
    return accept(draft);
}

Reply Gupshup::accept(const Draft& draft) {
    if (!world_.within_rate(Provider::gupshup, "app", config().rate)) return refuse(429, "Too Many Requests");
    Message message;
    message.provider = Provider::gupshup;
    message.to = draft.to;
    message.whatsapp = true;
    message.kind = draft.kind;
    message.template_name = draft.template_name;
    message.text = draft.text;
    message.params = draft.params;
    message.sender = config().source;
    message.fails_with = draft.fails_with;
    const Outcome outcome = world_.take(message);
    if (outcome.refused)
        return said(outcome.refused >= 400 && outcome.refused < 600 ? outcome.refused : 400,
                    "refused by the simulation");
    if (outcome.unanswered) return no_answer();
    return json(Json{{"status", "submitted"}, {"messageId", world_.ledger().id(*outcome.n)}}, 202);
}

}  // namespace sim
