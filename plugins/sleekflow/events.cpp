#include "events.hpp"

#include <optional>
#include <string>

#include "answer.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"

namespace sleekflow {

using namespace dakiya;

namespace {

// Spelled in several ways, and by some accounts beside the objects instead of in them: the first that is
// there.
std::string field(const Json& from, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const Json& value = from[name]; value.is_string() || value.is_integer())
            if (std::string text = value.scalar(); !text.empty()) return text;
    return {};
}

std::string field(const Json& inner, const Json& outer, std::initializer_list<const char*> names) {
    std::string text = field(inner, names);
    return text.empty() ? field(outer, names) : text;
}

std::string id_of(const Json& body) {
    const std::string id = field(body, {"message_id", "messageId"});
    if (id.empty()) throw JsonError("\"message_id\" is missing");
    return message_id(field(body, {"conversation_id", "conversationId"}), id);
}

const char* media_type(const std::string& mime) {
    for (const char* type : {"image", "video", "audio"})
        if (mime.rfind(std::string(type) + "/", 0) == 0) return type;
    return "document";
}

void read_content(Event& event, const Json& message, const Json& body) {
    const std::string text = field(message, body, {"message_content", "messageContent"});
    const Json& files =
        message["uploadedFiles"].is_array() ? message["uploadedFiles"] : body["uploadedFiles"];
    const std::string url = files.empty() ? std::string() : field(files.at(0), {"url"});
    if (!url.empty()) {
        const std::string mime = field(files.at(0), {"mimetype", "mimeType"});
        event.media(media_type(mime), "", url, mime, field(files.at(0), {"filename"}), text);
    } else if (!text.empty()) {
        event.text(text);  // of buttons and lists, too, the visible text is all that is told
    } else {
        event.message("raw", message.is_null() ? body : message);
    }
}

Event read_message(const Json& body) {
    const Json &message = body["message"], &contact = body["contact"];
    const std::string id = id_of(body);
    const std::string number = field(contact, body, {"PhoneNumber", "phone_number", "phoneNumber"});
    const std::string at = field(message, body, {"created_at", "createdAt"});
    Event event = Event::inbound(id, phone_of(number), read_iso_time(at));
    event.dedupe(id);
    if (!event.json().contains("address")) event.user_id(field(contact, {"id", "contact_id", "ContactId"}));
    if (!event.json().contains("address") && !event.json().contains("user_id"))
        throw JsonError("the message does not say who wrote it");
    const std::string first = field(contact, {"first_name", "firstName"}),
                      last = field(contact, {"last_name", "lastName"});
    event.name(first.empty() || last.empty() ? first + last : first + " " + last);
    event.sender(phone_of(field(body, {"channel_id", "channelId"})));
    read_content(event, message, body);
    return event;
}

// A flow may be built on outgoing messages: then it is our own or an agent's, and only its state is news.
std::optional<Event> read_own(const Json& body) {
    const std::string word = field(body["message"], body, {"status", "message_status"});
    const std::optional<Status> status = status_of(word);
    if (!status) return std::nullopt;
    const std::string id = id_of(body);
    Event event = Event::status(id, *status);
    event.dedupe(id + ":" + to_string(*status));
    if (*status == Status::failed)
        event.error({word == "OutOfCredit" ? "balance" : "other", word, "SleekFlow gave no reason"});
    return event;
}

void read_one(std::vector<Event>& events, const Json& body) {
    const bool is_message = body.contains("message") || body.contains("message_content") ||
                            body.contains("message_id") || body.contains("messageId");
    if (!is_message) return;  // a contact
    if (body["is_sent_from_sleekflow"] == Json(true) || body["isSentFromSleekflow"] == Json(true)) {
        if (std::optional<Event> event = read_own(body)) events.push_back(std::move(*event));
        return;
    }
    events.push_back(read_message(body));
}

}  // namespace

std::vector<Event> read_webhook(const Json& body) {
    std::vector<Event> events;
    if (!body.is_object() && !body.is_array())
        throw JsonError("expected an object, found " + std::string(body.type_name()));
    if (body.is_object())
        read_one(events, body);
    else
        for (const Json& item : body)
            waba::detail::attempt(events, "message", [&] { read_one(events, item); });
    return events;
}

}  // namespace sleekflow
