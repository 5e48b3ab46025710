// dakiya/waba_events.hpp - webhooks of the WhatsApp Cloud API as events.
// https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components
#ifndef DAKIYA_WABA_EVENTS_HPP
#define DAKIYA_WABA_EVENTS_HPP

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"
#include "dakiya/waba_error.hpp"

namespace dakiya::waba {

namespace detail {

inline std::string words(const Json& value) { return value.is_string() ? value.text() : std::string(); }

// "14155550100" → "+14155550100".
inline std::string number(const Json& digits) {
    const std::string text = words(digits);
    return text.empty() || text[0] == '+' ? text : '+' + text;
}

// Seconds as text or number; milliseconds have been seen.
inline std::int64_t time_ms(const Json& value) {
    const std::int64_t time = value.is_integer()  ? value.integer()
                              : value.is_string() ? std::strtoll(value.text().c_str(), nullptr, 10)
                                                  : 0;
    if (time <= 0 || time > 100'000'000'000'000) return 0;
    return time > 100'000'000'000 ? time : time * 1000;
}

// Webhooks spell "en-US", the API "en_US".
inline std::string language(const Json& value) {
    std::string text = words(value);
    for (char& c : text)
        if (c == '-') c = '_';
    return text;
}

inline std::string small(const Json& value) {
    std::string text = words(value);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

inline std::optional<Status> status_of(std::string_view word) {
    if (word == "sent") return Status::sent;
    if (word == "delivered") return Status::delivered;
    if (word == "read" || word == "played") return Status::read;
    if (word == "failed") return Status::failed;
    return std::nullopt;
}

inline void put_sender(Event& event, const Json& value) {
    const Json& metadata = value["metadata"];
    const std::string id = words(metadata["phone_number_id"]);
    event.sender(id.empty() ? number(metadata["display_phone_number"]) : id);
}

inline void read_status(const Json& json, const Json& value, std::vector<Event>& events) {
    const auto status = status_of(words(json["status"]));
    if (!status) return;
    Event event = Event::status(json.at("id").text(), *status, time_ms(json["timestamp"]));
    put_sender(event, value);
    event.address(number(json["recipient_id"]));
    event.user_id(words(json["recipient_user_id"]));
    event.ref(words(json["biz_opaque_callback_data"]));
    if (*status == Status::failed)
        event.error(json["errors"].empty() ? Error{"other", "", "failed without a reason"}
                                           : read_error(json["errors"].at(0)));
    events.push_back(std::move(event));
}

inline void read_interactive(const Json& json, Event& event) {
    const std::string type = words(json["type"]);
    if (type == "button_reply" || type == "list_reply") {
        event.button(words(json[type]["id"]), words(json[type]["title"]));
        return;
    }
    // A filled flow form: its answers are JSON inside a text.
    event.button(words(json["nfm_reply"]["name"]), words(json["nfm_reply"]["body"])).message("raw", json);
}

// Says what the message is.
inline void read_content(const Json& json, Event& event) {
    const std::string type = words(json["type"]);
    const Json& part = json[type];
    if (type == "text") {
        event.text(words(part["body"]));
    } else if (type == "image" || type == "video" || type == "audio" || type == "document" ||
               type == "sticker") {
        event.media(type, words(part["id"]), words(part["url"]), words(part["mime_type"]),
                    words(part["filename"]), words(part["caption"]));
    } else if (type == "button") {
        event.button(words(part["payload"]), words(part["text"]));
    } else if (type == "interactive") {
        read_interactive(part, event);
    } else if (type == "reaction") {
        event.message("kind", "reaction")
            .message("text", words(part["emoji"]))
            .reply_to(words(part["message_id"]));
    } else if (type == "location") {
        event.location(part.at("latitude").number(), part.at("longitude").number(), words(part["name"]),
                       words(part["address"]));
    } else if (type == "contacts" || type == "order") {
        event.message("kind", type).message("raw", part);
    } else if (type == "system") {
        event.message("kind", "system").message("text", words(part["body"])).message("raw", part);
    } else {
        event.message("kind", "unsupported").message("raw", json);
    }
}

inline void read_message(const Json& json, const Json& value, std::vector<Event>& events) {
    Event event = Event::inbound(json.at("id").text(), number(json["from"]), time_ms(json["timestamp"]));
    put_sender(event, value);
    event.user_id(words(json["from_user_id"]));
    for (const Json& contact : value["contacts"]) {
        const bool same = contact["wa_id"] == json["from"] || value["contacts"].size() == 1;
        if (same) event.name(words(contact["profile"]["name"]));
    }
    read_content(json, event);
    event.reply_to(words(json["context"]["id"]));
    events.push_back(std::move(event));
}

inline void read_messages(const Json& value, std::vector<Event>& events) {
    for (const Json& status : value["statuses"]) read_status(status, value, events);
    for (const Json& message : value["messages"]) read_message(message, value, events);
    for (const Json& error : value["errors"]) {
        const Error read = read_error(error);
        events.push_back(Event::account("error", read.code + ' ' + read.text, "error"));
    }
}

// Our word for the status of a template; an unknown one is never sendable.
inline const char* template_status(std::string_view word) {
    if (word == "APPROVED" || word == "REINSTATED" || word == "FLAGGED") return "approved";
    if (word == "PENDING" || word == "IN_APPEAL" || word == "APPEAL_REQUESTED") return "pending";
    if (word == "REJECTED") return "rejected";
    if (word == "PAUSED") return "paused";
    if (word == "DELETED" || word == "PENDING_DELETION" || word == "ARCHIVED") return "gone";
    return "disabled";
}

inline void read_template_change(const Json& value, std::int64_t at, std::vector<Event>& events) {
    // Some samples carry a new quality under the name of a status change: the field tells.
    const Json* quality = value.find("new_quality_score");
    Event event =
        Event::template_(words(value["message_template_name"]), language(value["message_template_language"]),
                         quality ? "" : template_status(words(value["event"])));
    event.id(value["message_template_id"].scalar());
    if (quality) event.set("quality", small(*quality));
    const std::string reason = words(value["reason"]);
    if (!quality && !reason.empty() && reason != "NONE") event.set("reason", reason);
    events.push_back(event.at(at));
}

inline void read_preferences(const Json& value, std::vector<Event>& events) {
    for (const Json& item : value["user_preferences"]) {
        const std::string wish = words(item["value"]);
        if (wish != "stop" && wish != "resume") continue;
        Event event = Event::consent(number(item["wa_id"]), wish == "resume", time_ms(item["timestamp"]));
        events.push_back(event.user_id(words(item["user_id"])));
    }
}

inline void read_number_change(const Json& value, std::int64_t at, std::vector<Event>& events) {
    Event event = Event::sender_(number(value["display_phone_number"]));
    if (const Json* limit = value.find("max_daily_conversations_per_business"))
        event.set("limit", limit->scalar());
    event.set("status", small(value["event"]));
    events.push_back(event.at(at));
}

inline void read_account_change(const std::string& field, const Json& value, std::int64_t at,
                                std::vector<Event>& events) {
    const std::string word = words(value["event"]).empty() ? words(value["decision"]) : words(value["event"]);
    const bool bad = word.find("VIOLATION") != word.npos || word.find("RESTRICTION") != word.npos ||
                     word.find("DISABLED") != word.npos || word.find("DELETED") != word.npos ||
                     word == "REJECTED";
    events.push_back(
        Event::account(small(Json(word)), field + ": " + value.dump(), bad ? "error" : "info").at(at));
}

inline void read_change(const std::string& field, const Json& value, std::int64_t at,
                        std::vector<Event>& events) {
    if (field == "messages") return read_messages(value, events);
    if (field == "message_template_status_update" || field == "message_template_quality_update")
        return read_template_change(value, at, events);
    if (field == "user_preferences") return read_preferences(value, events);
    if (field == "phone_number_quality_update") return read_number_change(value, at, events);
    if (field == "account_update" || field == "account_alerts" || field == "account_review_update")
        return read_account_change(field, value, at, events);
    events.push_back(Event::other(field + ": " + value.dump()).at(at));
}

}  // namespace detail

// One event for each thing in the body: the usual envelope with "entry", or a bare value with "statuses" and
// "messages" as some partners send it. Throws JsonError when it is neither.
inline std::vector<Event> parse_events(const Json& body) {
    std::vector<Event> events;
    if (!body.contains("entry")) {
        if (!body.contains("statuses") && !body.contains("messages"))
            throw JsonError("a WhatsApp webhook has \"entry\", \"statuses\" or \"messages\"");
        detail::read_messages(body, events);
        return events;
    }
    for (const Json& entry : body["entry"])
        for (const Json& change : entry["changes"])
            detail::read_change(change.at("field").text(), change.at("value"), detail::time_ms(entry["time"]),
                                events);
    return events;
}

}  // namespace dakiya::waba

#endif
