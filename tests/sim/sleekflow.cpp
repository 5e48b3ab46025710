// Source: programs that use the Platform API in production (the paths are also titles of
// apidoc.sleekflow.io).
#include "sleekflow.hpp"

#include "meta_errors.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace sim {
namespace {

using dakiya::Json;

constexpr int most_http_codes = 600;

const char* word_of(Status status) {
    switch (status) {
        case Status::sent:
            return "Sent";
        case Status::delivered:
            return "Received";  // by the handset
        case Status::read:
            return "Read";
        case Status::failed:
            return "Failed";
        default:
            return "Sending";
    }
}

std::string utc(std::int64_t at_ms) {
    const auto seconds = static_cast<std::time_t>(at_ms / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

Json errors_of(int code, const std::string& details) {
    return Json{{"errors", Json::array({Json{{"code", code}, {"message", details}}})}};
}

}  // namespace

Reply SleekFlow::answer(const Request& request) {
    const std::string_view key = request.header("X-Sleekflow-Api-Key");
    if (!request.header("X-Sleekflow-ApiKey").empty() || !request.header("Authorization").empty())
        return refuse({401, "the key belongs into X-Sleekflow-Api-Key", true});
    if (key.empty()) return refuse({401, "X-Sleekflow-Api-Key is missing", true});
    if (key != config().api_key) return refuse({401, "Unauthorized"});
    return route(request);
}

Reply SleekFlow::refusal_of(int code, const std::string& details) const {
    if (code < most_http_codes) return json(Json{{"message", details}}, code);
    return json(Json{{"id", "0"},
                     {"status", "Failed"},
                     {"channelStatusMessage", details},
                     {"metadata", errors_of(code, details)}});
}

Reply SleekFlow::refuse(const SleekFlowRefusal& refusal) {
    if (refusal.violation)
        world_.violation(Provider::sleekflow, std::to_string(refusal.code) + ": " + refusal.details);
    world_.refuse(Provider::sleekflow, refusal.code);
    return refusal_of(refusal.code, refusal.details);
}

Reply SleekFlow::route(const Request& request) {
    constexpr std::string_view one_conversation = "/api/conversation/message/";
    const std::string_view path = request.path;
    const bool get = request.method == "GET", post = request.method == "POST";
    if (post && path == "/api/message/send/json") return send(request);
    if (post && path == "/api/message/send") return send_file(request);
    if (get && path == "/api/conversation/channel")
        return json(Json{{"whatsAppConfigs",
                          Json::array({Json{{"name", "Acme"}, {"whatsAppSender", config().channel_number}}})},
                         {"facebookConfigs", Json::array()}});
    if (get && path == "/api/cloudapi/template") return templates(request);
    if (get && path.starts_with(one_conversation))
        return conversation(path.substr(one_conversation.size()), request);
    return refuse({404, "no such path: " + std::string(request.method) + " " + std::string(path), true});
}

Reply SleekFlow::send(const Request& request) {
    if (request.content_type() != "application/json")
        return refuse({400, "Content-Type must be application/json", true});
    Fault fault;
    const Json body = read_json(request.body, fault);
    if (fault) return refuse({400, fault.message(), true});
    SleekFlowMessage message;
    if (const SleekFlowRefusal refusal = check_sleekflow_message(body, config(), message))
        return refuse(refusal);
    Message accepted;
    accepted.to = message.digits;
    accepted.kind = message.kind;
    accepted.template_name = message.template_name;
    accepted.ref = message.ref;
    accepted.text = message.text;
    accepted.params = message.params;
    return accept(accepted);
}

Reply SleekFlow::send_file(const Request& request) {
    const auto parts = parse_multipart(request.header("Content-Type"), request.body);
    if (request.content_type() != "multipart/form-data" || !parts)
        return refuse({400, "files must be sent as multipart/form-data", true});
    const auto part = [&](std::string_view name) {
        const Part* found = find(*parts, name);
        return found ? *found : Part{};
    };
    Message accepted;
    accepted.to = sleekflow_number(part("to").data);
    accepted.kind = "file";
    const Part caption = part("messageContent"), file = part("files");
    accepted.text = caption.data;
    if (part("channel").data != "whatsappcloudapi" || part("messageType").data != "file")
        return refuse({400, "channel must be whatsappcloudapi and messageType file", true});
    if (accepted.to == 0) return refuse({400, "to must be digits with country code, no plus", true});
    if (file.data.empty() || file.type.empty() || file.file_name.empty())
        return refuse({400, "files must hold a file with its name and type", true});
    return accept(accepted);
}

Reply SleekFlow::accept(const Message& message) {
    if (!world_.within_rate(Provider::sleekflow, "company", config().rate))
        return refuse({429, "Too many requests"});
    Message accepted = message;
    accepted.provider = Provider::sleekflow;
    accepted.whatsapp = true;
    accepted.sender = config().channel_number;
    const Outcome outcome = world_.take(accepted);
    if (outcome.refused) return refusal_of(outcome.refused, meta_error_title(outcome.refused));
    if (outcome.unanswered) return no_answer();
    Json object = message_object(*outcome.n);
    object.set("status", "Sending");
    return json(object);
}

Json SleekFlow::message_object(std::size_t n) const {
    const Entry& entry = world_.ledger()[n];
    const Status status = entry.timeline.after(now_ms() - entry.at);
    const bool failed = status == Status::failed;
    const std::string reason = failed ? meta_error_title(entry.timeline.code) : "";
    return Json{
        {"id", world_.ledger().id(n)},
        {"messageUniqueID", world_.ledger().token(n)},
        {"conversationId", conversation_of(entry.to)},
        {"channel", "whatsappcloudapi"},
        {"messageType", world_.ledger().name(entry.kind)},
        {"messageContent", world_.ledger().text(entry)},
        {"status", word_of(status)},
        {"channelStatusMessage", failed ? Json(reason) : Json()},
        {"metadata", failed ? errors_of(entry.timeline.code, reason) : Json{{"errors", Json::array()}}},
        {"isSentFromSleekflow", true},
        {"createdAt", utc(entry.at)},
        {"updatedAt", utc(entry.at + entry.timeline.at(status))},
        {"analyticTags", Json::array({world_.ledger().ref(entry)})}};
}

Reply SleekFlow::templates(const Request& request) {
    const Form query = parse_form(request.query);
    const std::string* number = find(query, "channelNumber");
    if (!number) return refuse({400, "channelNumber is required", true});
    if (*number != config().channel_number) return refuse({400, "Unknown channel"});
    return json(Json{{"whatsappTemplates", config().templates}});
}

// The newest first, of one person.
Reply SleekFlow::conversation(std::string_view id, const Request& request) {
    const Form query = parse_form(request.query);
    const std::string *limit = find(query, "limit"), *offset = find(query, "offset");
    if (!limit || !all_digits(*limit) || limit->size() > 4 || !offset || !all_digits(*offset) ||
        offset->size() > 6)
        return refuse({400, "limit and offset must be numbers", true});
    const auto to = world_.ledger().number_of(id);
    if (!to) return refuse({404, "Conversation not found"});
    std::vector<std::size_t> entries = world_.ledger().find_to(Provider::sleekflow, *to);
    std::reverse(entries.begin(), entries.end());
    Json page = Json::array();
    for (std::size_t i = std::stoul(*offset); i < entries.size() && page.size() < std::stoul(*limit); ++i)
        page.push_back(message_object(entries[i]));
    return json(page);
}

}  // namespace sim
