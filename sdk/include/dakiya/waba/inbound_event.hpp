// dakiya/waba/inbound_event.hpp - messages from people: field "messages", value.messages[].
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
#ifndef DAKIYA_WABA_INBOUND_EVENT_HPP
#define DAKIYA_WABA_INBOUND_EVENT_HPP

#include <string>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"
#include "dakiya/waba/event_fields.hpp"

namespace dakiya::waba::detail {

inline void read_media(Event& event, const std::string& type, const Json& from) {
    Json media{{"type", type}, {"handle", from.at("id").scalar()}};
    for (const auto& [theirs, ours] : {std::pair{"url", "url"}, std::pair{"mime_type", "mime"},
                                       std::pair{"sha256", "sha256"}, std::pair{"filename", "filename"}})
        if (const std::string text = from.value(theirs, ""); !text.empty()) media.set(ours, text);
    if (from.value("voice", false)) media.set("voice", true);
    event.message("kind", type).message("media", std::move(media));
    if (const std::string caption = from.value("caption", ""); !caption.empty())
        event.message("text", caption);
}

// Taps on buttons and lists, and forms (flows) that were filled in.
inline void read_interactive(Event& event, const Json& from) {
    const std::string type = from.value("type", "");
    if (type == "button_reply" || type == "list_reply") {
        event.button(from[type].value("id", ""), from[type].value("title", ""));
    } else if (type == "nfm_reply") {
        event.button(from[type].value("name", ""), from[type].value("body", ""));
        event.message("raw", from[type]);
    } else {
        event.message("raw", from);
    }
}

inline void read_content(Event& event, const std::string& type, const Json& message) {
    const Json& from = message[type];
    if (type == "text") {
        event.text(from.at("body"));
    } else if (type == "image" || type == "video" || type == "audio" || type == "document" ||
               type == "sticker") {
        read_media(event, type, from);
    } else if (type == "button") {  // a quick reply of a template
        event.button(from.value("payload", ""), from.value("text", ""));
    } else if (type == "interactive") {
        read_interactive(event, from);
    } else if (type == "reaction") {  // without an emoji it was taken back
        event.message("kind", "reaction").message("text", from.value("emoji", ""));
        event.reply_to(from.at("message_id"));
    } else if (type == "location") {
        event.location(from.at("latitude").number(), from.at("longitude").number(), from.value("name", ""),
                       from.value("address", ""));
    } else if (type == "contacts") {
        event.message("kind", "contacts").message("raw", from);
    } else if (type == "order") {
        event.message("kind", "order").message("text", from.value("text", "")).message("raw", from);
    } else if (type == "system") {  // changed number or user id
        event.message("kind", "system").message("text", from.value("body", "")).message("raw", from);
    } else if (type == "edit" || type == "revoke") {
        event.message("kind", "system").message("text", type == "edit" ? "edited" : "deleted");
        event.reply_to(from.value("original_message_id", "")).message("raw", from);
    } else {
        event.message("raw", message);  // stays "unsupported", as Event::inbound() began it
    }
}

// The profile of whoever wrote; a request may carry several people.
inline const Json& contact_of(const Json& message, const Json& contacts) {
    const std::string phone = message["from"].scalar(), user_id = message.value("from_user_id", "");
    for (const Json& contact : contacts) {
        if (!phone.empty() && contact["wa_id"].scalar() == phone) return contact;
        if (!user_id.empty() && contact["user_id"].scalar() == user_id) return contact;
    }
    return contacts["none"];  // null
}

inline Event inbound_event(const Json& message, const Json& contacts, const Json& metadata) {
    const Json& contact = contact_of(message, contacts);
    const std::string phone = phone_of(message["from"].scalar());  // people may hide it: then ""
    Event event = Event::inbound(message.at("id"), phone, time_of(message["timestamp"]));
    event.dedupe(message.at("id")).channel("whatsapp");
    event.user_id(message.value("from_user_id", contact.value("user_id", "")));
    if (phone.empty() && !event.json().contains("user_id"))
        throw JsonError("the message does not say who wrote it");
    event.name(contact["profile"].value("name", ""));
    event.sender(metadata["phone_number_id"].scalar());
    read_content(event, message.value("type", ""), message);
    if (const std::string quoted = message["context"].value("id", ""); !quoted.empty())
        event.reply_to(quoted);
    if (const Json& referral = message["referral"]; referral.is_object())  // came from an advertisement
        event.message("referral", referral);
    return event;
}

}  // namespace dakiya::waba::detail

#endif
