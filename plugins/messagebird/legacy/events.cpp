#include "legacy/events.hpp"

#include <charconv>
#include <string>

#include "common.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/time.hpp"
#include "legacy/errors.hpp"
#include "legacy/send.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

// ---- SMS

std::vector<Event> sms_report(const Form& form) {
    const std::string id = form.value("id"), theirs = form.value("status");
    const auto status = sms_status(theirs);
    if (!status || id.empty()) return {};
    const std::string address = phone_of(form.value("recipient"));
    Event event = Event::status(id, *status, read_iso_time(form.value("statusDatetime")));
    event.ref(form.value("reference")).address(address).dedupe(id + ':' + digits_of(address) + ':' + theirs);
    Price price = read_price(form.value("price[amount]"), form.value("price[currency]"));
    const std::string parts = form.value("messagePartCount");
    std::from_chars(parts.data(), parts.data() + parts.size(), price.parts);
    event.price(price);
    if (*status == Status::failed)
        event.error(sms_error(theirs, form.value("statusErrorCode"), form.value("statusReason")));
    return {std::move(event)};
}

// What a flow forwards; its builder chooses the names.
std::vector<Event> sms_inbound(const Form& form) {
    const std::string from = phone_of(form.value("originator"));
    const std::string text = form.value("body", form.value("message", form.value("payload")));
    if (from.empty()) return {};
    const std::string time = form.value("createdDatetime"), id = form.value("id");
    Event event = Event::inbound(id, from, read_iso_time(time));
    event.channel("sms").text(text).sender(form.value("recipient"));
    event.dedupe("in:" + (id.empty() ? sha256_hex(from + '\n' + time + '\n' + text) : id));
    return {std::move(event)};
}

Form form_of(const Inbound& in) {
    if (in.method() == "GET") return query_of(in.url());
    if (in.body().substr(0, 1) != "{") return in.form();
    Form form;  // a flow may forward JSON
    for (const auto& [name, value] : in.json().members())
        if (value.is_string() || value.is_number()) form.add(name, value.scalar());
    return form;
}

// ---- WhatsApp

std::vector<Event> whatsapp_report(const Json& message) {
    const std::string id = word(message, "id"), theirs = word(message, "status");
    const auto status = whatsapp_status(theirs);
    if (!status || id.empty()) return {};
    std::int64_t at = read_iso_time(word(message, "updatedDatetime"));
    if (at == 0) at = read_iso_time(word(message, "createdDatetime"));
    Event event = Event::status(id, *status, at);
    event.ref(word(message["source"], "ref"))
        .address(phone_of(word(message, "to")))
        .dedupe(id + ':' + theirs);
    event.sender(word(message, "channelId"));
    if (*status == Status::failed) event.error(whatsapp_error(theirs, message["error"]));
    return {std::move(event)};
}

// {"type": "button_reply", "button_reply": {id, title}}, or with the tap in "reply" {id, text}.
void add_tap(Event& event, const Json& from) {
    const Json& named = from[word(from, "type")];
    const Json& tap = named.is_object() ? named : from["reply"];
    const std::string title = word(tap, "title");
    event.button(word(tap, "id"), title.empty() ? word(tap, "text") : title);
}

void add_content(Event& event, const std::string& type, const Json& content) {
    const Json& part = content[type];
    if (type == "text") {
        event.text(part.is_string() ? part.text() : word(part, "text"));
    } else if (type == "image" || type == "video" || type == "audio" || type == "file") {
        event.media(type == "file" ? "document" : type, word(part, "url"), {}, {}, {}, word(part, "caption"));
    } else if (type == "whatsappSticker") {
        event.media("sticker", word(part, "link"));
    } else if (type == "location" && part["latitude"].is_number() && part["longitude"].is_number() &&
               part["latitude"].number() >= -90 && part["latitude"].number() <= 90 &&
               part["longitude"].number() >= -180 && part["longitude"].number() <= 180) {
        event.location(part["latitude"].number(), part["longitude"].number());
    } else if (type == "interactive" && part.is_object()) {
        add_tap(event, part);
    } else if (type == "button" && part.is_object()) {
        event.button(word(part, "payload"), word(part, "text"));
    } else if (content.is_object()) {
        event.message("raw", content);
    }
}

std::vector<Event> whatsapp_inbound(const Json& message, const Json& contact) {
    const std::string id = word(message, "id");
    std::string from = phone_of(word(contact, "msisdn"));
    if (from.empty()) from = phone_of(word(message, "from"));
    const std::string user_id = from.empty() ? word(contact, "id") : std::string();
    if (id.empty() || (from.empty() && user_id.empty())) return {};
    Event event = Event::inbound(id, from, read_iso_time(word(message, "createdDatetime")));
    event.channel("whatsapp")
        .user_id(user_id)
        .name(word(contact, "displayName"))
        .sender(word(message, "channelId"));
    event.dedupe("in:" + id);
    add_content(event, word(message, "type"), message["content"]);
    return {std::move(event)};
}

// A webhook wraps the message; a report to reportUrl is the message itself.
std::vector<Event> conversation_events(const Json& body) {
    const Json& message = body["message"].is_object() ? body["message"] : body;
    if (word(message, "direction") == "received") return whatsapp_inbound(message, body["contact"]);
    return whatsapp_report(message);
}

bool is_conversation(const Inbound& in) {
    if (in.method() == "GET" || in.body().substr(0, 1) != "{") return false;
    const Json& body = in.json();
    return body["message"].is_object() || (body.contains("status") && !body.contains("recipient"));
}

}  // namespace

std::vector<Event> parse_events(const Inbound& in) {
    if (is_conversation(in)) return conversation_events(in.json());
    const Form form = form_of(in);
    return form.contains("status") ? sms_report(form) : sms_inbound(form);
}

}  // namespace messagebird::legacy
