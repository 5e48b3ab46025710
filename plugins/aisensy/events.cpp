#include "events.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "answer.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/encoding.hpp"
#include "dakiya/phone.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"
#include "language.hpp"

namespace aisensy {

using dakiya::Event;
using dakiya::Fault;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::Status;
using dakiya::waba::lower;

namespace {

std::string upper_of(const Json& json, const char* name) {
    std::string text(dakiya::waba::text_of(json, name));
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return text;
}

// Milliseconds; dates were seen too.
std::int64_t time_of(const Json& value) {
    if (value.is_string() && value.text().find('-') != std::string::npos)
        return dakiya::read_iso_time(value.text());
    return value.is_string() || value.is_integer() ? dakiya::waba::detail::time_of(value) : 0;
}

std::string address_of(const Json& message) { return dakiya::phone_of(message["phone_number"].scalar()); }

// ---- our messages

std::optional<Status> status_of(const Json& message) {
    const std::string word = upper_of(message, "status");
    if (word == "FAILED" || message["failureResponse"].is_object()) return Status::failed;
    if (word == "READ") return Status::read;
    if (word == "DELIVERED") return Status::delivered;
    if (word == "SENT") return Status::sent;
    return std::nullopt;
}

std::int64_t time_of(const Json& message, Status status) {
    if (status == Status::sent) return time_of(message["sent_at"]);
    if (status == Status::delivered) return time_of(message["delivered_at"]);
    if (status == Status::read) return time_of(message["read_at"]);
    return time_of(message["failed_at"]);
}

// What the send was answered with: of a campaign the id of the submission, of the Project API WhatsApp's id.
// Some accounts get no ids for campaigns. The number has to do then, but only for those of the settings:
// broadcasts that somebody started in the dashboard have campaigns, too, and are not ours.
std::string id_of(const Account& account, const Json& message) {
    const Json& campaign = message["campaign"];
    if (campaign.is_object()) {
        std::string submission = message["submitted_message_id"].scalar();
        const auto& ours = account.campaigns;
        const bool is_ours = std::find(ours.begin(), ours.end(), campaign["name"].scalar()) != ours.end();
        if (!submission.empty() || is_ours) return submission;
    }
    return message["messageId"].scalar();
}

// ---- people's messages

// The keys are not documented, so the likely ones are tried in turn.
std::string first_text(const Json& content, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (content[name].is_string() && !content[name].text().empty()) return content[name].text();
    return {};
}

const char* media_type(const std::string& type) {
    if (type == "IMAGE") return "image";
    if (type == "VIDEO") return "video";
    if (type == "FILE") return "document";
    if (type == "AUDIO") return "audio";
    return type == "STICKER" ? "sticker" : nullptr;
}

void read_content(Event& event, const std::string& type, const Json& content) {
    const std::string text = first_text(content, {"text", "title", "caption"});
    if (const char* media = media_type(type)) {
        const std::string url = first_text(content, {"url", "link"}), id = first_text(content, {"id"});
        if (!url.empty() || !id.empty()) {
            event.media(media, id, url, first_text(content, {"mime_type"}), first_text(content, {"filename"}),
                        first_text(content, {"caption", "text"}));
            return;
        }
    }
    const Json &latitude = content["latitude"], &longitude = content["longitude"];
    if (type == "TEXT") {
        event.text(text);
    } else if (type == "QUICK_REPLY" || type == "BUTTON_REPLY" || type == "LIST_REPLY") {
        event.button(first_text(content, {"id", "payload"}), text);
    } else if (type == "LOCATION" && latitude.is_number() && longitude.is_number()) {
        event.location(latitude.number(), longitude.number(), first_text(content, {"name"}),
                       first_text(content, {"address"}));
    } else if (type == "CONTACT") {
        event.message("kind", "contacts").message("raw", content);
    } else {  // stays "unsupported"
        event.message("text", text).message("raw", content);
    }
}

std::optional<Event> inbound_event(const Json& message) {
    if (const std::string sender = upper_of(message, "sender"); !sender.empty() && sender != "USER")
        return std::nullopt;  // ours, of an agent, of the system
    std::string id = message["messageId"].scalar();
    if (id.empty()) id = message.at("id").scalar();
    const std::string address = address_of(message);
    if (address.empty()) throw dakiya::JsonError("the message does not say who wrote it");
    Event event = Event::inbound(id, address, time_of(message["sent_at"]));
    event.dedupe(id).name(std::string(dakiya::waba::text_of(message, "userName")));
    const Json& content = message["message_content"];
    read_content(event, upper_of(message, "message_type"), content.is_object() ? content : Json());
    return event;
}

// ---- templates; the topic's name and body are not documented beyond the words of the template list

std::optional<Event> template_event(const Json& data) {
    const Json& listed = data["template"].is_object() ? data["template"] : data;
    const std::string name(dakiya::waba::text_of(listed, "name")), status = upper_of(listed, "status");
    if (name.empty() || status.empty()) return std::nullopt;
    Event event =
        Event::template_(name, language_code(std::string(dakiya::waba::text_of(listed, "language"))),
                         dakiya::waba::template_status(status));
    event.id(listed["id"].scalar());
    if (const std::string reason(dakiya::waba::text_of(listed, "rejected_reason")); !reason.empty())
        event.set("reason", reason);
    return event;
}

std::optional<Event> read_topic(const Account& account, const std::string& topic, const Json& data) {
    const Json& message = data["message"].is_object() ? data["message"] : data;
    if (topic.find("template") != topic.npos) return template_event(data);
    if (topic == "message.sender.user") return inbound_event(message);
    // Brands that resell AiSensy name the state in the topic (message.delivered).
    if (topic.rfind("message.", 0) == 0) return status_event(account, message);
    return std::nullopt;
}

}  // namespace

std::optional<Event> status_event(const Account& account, const Json& message) {
    const auto status = status_of(message);
    if (!status) return std::nullopt;
    const std::string id = id_of(account, message), address = address_of(message);
    if (id.empty() && address.empty()) throw dakiya::JsonError("the report names neither message nor number");
    Event event = Event::status(id, *status, time_of(message, *status));
    event.address(address);
    // AiSensy's own id of the message is the same in all of its reports.
    const std::string theirs = message["id"].scalar();
    event.dedupe((theirs.empty() ? id : theirs) + ":" + to_string(*status));
    if (*status == Status::failed)
        event.error(
            failure(message["failureResponse"].is_object() ? message["failureResponse"] : Json::object()));
    return event;
}

void verify_signature(const Account& account, const Inbound& in) {
    if (account.webhook_secret.empty()) return;
    std::string given = in.header("x-aisensy-signature");
    if (given.empty())
        throw Fault(DK_REJECTED, "the report is not signed, but the settings have a webhook secret");
    if (given.rfind("sha256=", 0) == 0) given.erase(0, 7);
    const std::string code = dakiya::hmac_sha256(account.webhook_secret, in.body());
    // Hex is documented; base64 is taken too, it proves the same.
    if (!dakiya::equal(lower(given), dakiya::hex(code)) && !dakiya::equal(given, dakiya::base64(code)))
        throw Fault(DK_REJECTED, "the signature does not match the webhook secret");
}

std::vector<Event> read_webhook(const Account& account, const Inbound& in) {
    std::vector<Event> events;
    const auto read_one = [&](const Json& envelope) {
        const std::string topic = lower(envelope.at("topic").text());
        auto event = read_topic(account, topic, envelope.at("data"));
        if (!event && topic.find("template") != topic.npos)
            event = Event::other("AiSensy sent \"" + topic + "\" in a form that is not known");
        if (!event) return;
        if (!event->json().contains("at")) event->at(time_of(envelope["created_at"]));
        events.push_back(*std::move(event));
    };
    const Json& body = in.json();
    if (!body.is_array()) {
        read_one(body);
        return events;
    }
    for (const Json& item : body)  // one that cannot be read must not hold back the others
        dakiya::waba::detail::attempt(events, "webhook", [&] { read_one(item); });
    return events;
}

}  // namespace aisensy
