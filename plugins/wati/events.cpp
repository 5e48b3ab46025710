#include "events.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "answer.hpp"
#include "dakiya/phone.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"

namespace wati {

using dakiya::Event;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::Status;
using dakiya::waba::lower;

namespace {

std::string text_of(const Json& json, const char* name) {
    return std::string(dakiya::waba::text_of(json, name));
}

// Older accounts send the names without these ends; "_bsuid" ones may lack the phone number.
std::string plain_type(const Json& json) {
    std::string type = lower(json.at("eventType").text());
    for (bool cut = true; cut;) {
        cut = false;
        for (const std::string_view end : {"_v2", "_bsuid"})
            if (type.size() > end.size() && type.compare(type.size() - end.size(), end.size(), end) == 0) {
                type.resize(type.size() - end.size());
                cut = true;
            }
    }
    return type;
}

// "timestamp" in seconds, else "created".
std::int64_t time_of(const Json& json) {
    const std::int64_t at = dakiya::waba::detail::time_of(json["timestamp"]);
    return at > 0 ? at : dakiya::read_iso_time(text_of(json, "created"));
}

std::string phone_of(const Json& digits) { return dakiya::phone_of(digits.scalar()); }

// ---- our messages

constexpr std::array<dakiya::StatusWord, 6> statuses{{
    {"templatemessagesent", Status::sent},
    {"sessionmessagesent", Status::sent},
    {"sentmessagedelivered", Status::delivered},
    {"sentmessageread", Status::read},
    {"templatemessagefailed", Status::failed},
    {"sessionmessagefailed", Status::failed},
}};

// Delivered, read and failed ones name no recipient: localMessageId is our reference for templates, and the
// id that a free-form message was accepted with.
Event read_status(const Json& json, Status status) {
    std::string local = json["localMessageId"].scalar();
    if (local.empty()) local = json["whatsappMessageId"].scalar();
    if (local.empty()) local = json["id"].scalar();
    if (local.empty()) throw JsonError("the report names no message");
    Event event = Event::status(local, status, time_of(json));
    event.ref(json["localMessageId"].scalar())
        .dedupe(local + ":" + to_string(status))
        .address(phone_of(json["waId"]))
        .user_id(text_of(json, "bsuid"))
        .sender(phone_of(json["channelPhoneNumber"]));
    if (status == Status::failed)
        event.error(failure(json["failedCode"].scalar(), text_of(json, "failedDetail")));
    return event;
}

// ---- people's messages

bool is_media(const std::string& type) {
    return type == "image" || type == "video" || type == "audio" || type == "voice" || type == "document" ||
           type == "sticker";
}

void read_content(Event& event, const Json& json) {
    const std::string type = lower(text_of(json, "type")), text = text_of(json, "text");
    if (json["buttonReply"].is_object()) {  // of a template
        event.button(text_of(json["buttonReply"], "payload"), text_of(json["buttonReply"], "text"));
    } else if (json["interactiveButtonReply"].is_object()) {
        event.button(json["interactiveButtonReply"]["id"].scalar(),
                     text_of(json["interactiveButtonReply"], "title"));
    } else if (json["listReply"].is_object()) {
        event.button(json["listReply"]["id"].scalar(), text_of(json["listReply"], "title"));
    } else if (is_media(type)) {
        event.media(type == "voice" ? "audio" : type, json.at("id").scalar(), {}, {}, {}, text);
    } else if (type == "text" || (type.empty() && !text.empty())) {
        event.text(text);
    } else if (type == "reaction" || type == "contacts" || type == "order") {
        event.message("kind", type).message("text", text).message("raw", json["data"]);
    } else {  // stays "unsupported": locations too, whose form WATI does not document
        event.message("text", text).message("raw", json["data"]);
    }
}

Event read_inbound(const Json& json) {
    const std::string phone = phone_of(json["waId"]), user_id = text_of(json, "bsuid");
    if (phone.empty() && user_id.empty()) throw JsonError("the message does not say who wrote it");
    std::string id = json["whatsappMessageId"].scalar();
    if (id.empty()) id = json.at("id").scalar();
    Event event = Event::inbound(id, phone, time_of(json));
    event.dedupe(id).user_id(user_id).name(text_of(json, "senderName"));
    event.sender(phone_of(json["channelPhoneNumber"]));
    read_content(event, json);
    return event.reply_to(text_of(json, "replyContextId"));
}

// ---- templates and the account

const char* template_state(std::int64_t number) {
    constexpr std::array<const char*, 8> states{"",     "pending", "approved", "rejected",
                                                "gone", "pending", "disabled", "paused"};
    return number > 0 && number < static_cast<std::int64_t>(states.size())
               ? states[static_cast<std::size_t>(number)]
               : "";
}

Event read_review(const Json& json) {
    const std::int64_t state = json.at("newTemplateStatus").integer();
    Event event = Event::template_(json.at("templateName").text(), "", template_state(state));
    event.id(json["watiTemplateId"].scalar()).at(time_of(json));
    return event;
}

// Their bodies are not documented; that they came is worth knowing.
Event read_news(const std::string& type, const Json& json) {
    const bool gone = type.find("deleted") != type.npos;
    const std::string text = "WATI reports \"" + json.at("eventType").text() + "\"; see the WATI dashboard";
    if (type.find("account") != type.npos || type.find("phonenumber") != type.npos)
        return Event::account(type, text, gone ? "error" : "warning")
            .at(time_of(json))
            .sender(phone_of(json["channelPhoneNumber"]));
    return Event::other(text).at(time_of(json));
}

void read_one(const Json& json, std::vector<Event>& events) {
    const std::string type = plain_type(json);
    if (type == "message" || type == "newcontactmessagereceived") {
        if (json["owner"] != Json(true)) events.push_back(read_inbound(json));  // else our own, echoed
    } else if (const auto status = dakiya::status_by_word(statuses, type)) {
        events.push_back(read_status(json, *status));
    } else if (type == "templatereviewed") {
        events.push_back(read_review(json));
    } else if (type != "sentmessagereplied") {  // the reply itself comes as a "message"
        events.push_back(read_news(type, json));
    }
}

}  // namespace

std::vector<Event> read_webhook(const Inbound& in) {
    std::vector<Event> events;
    const Json& body = in.json();
    if (!body.is_array()) {
        read_one(body, events);
        return events;
    }
    for (const Json& item : body)  // one that cannot be read must not hold back the others
        dakiya::waba::detail::attempt(events, "webhook", [&] { read_one(item, events); });
    return events;
}

}  // namespace wati
