#include "inbound.hpp"

#include <cstdlib>

#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"

namespace gupshup {

using dakiya::Event;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::phone_of;
namespace waba = dakiya::waba;

namespace {

// The file's address works without a key until urlExpiry; an id is for media.fetch.
void read_media(Event& event, const std::string& type, const Json& from) {
    const std::string url = word(from["url"]);
    std::string mime = word(from["contentType"]);
    if (mime.empty()) mime = word(from["mimeType"]);
    event.media(type == "file" ? "document" : type, url.empty() ? word(from["mediaId"]) : "", url, mime,
                word(from["name"]), word(from["caption"]));
}

// Texts or numbers.
double degrees(const Json& value) { return std::strtod(word(value).c_str(), nullptr); }

void read_place(Event& event, const Json& from) {
    const double latitude = degrees(from["latitude"]), longitude = degrees(from["longitude"]);
    if (!(latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180))
        throw JsonError("the place is not on this planet");
    event.location(latitude, longitude, word(from["name"]), word(from["address"]));
}

// A tap's payload is postbackText, as we gave it; `id` is the msgid of our message, `reply` a rank in words.
void read_tap(Event& event, const Json& from) {
    const std::string title = word(from["title"]).empty() ? word(from["text"]) : word(from["title"]);
    const std::string payload = word(from["postbackText"]);
    event.button(payload.empty() ? title : payload, title);
}

void read_content(Event& event, const std::string& type, const Json& from) {
    const bool tap = type == "button_reply" || type == "list_reply" || type == "quick_reply" ||
                     word(from["type"]) == "button";
    if (tap)
        read_tap(event, from);
    else if (type == "text")
        event.text(from.at("text").text());
    else if (type == "image" || type == "video" || type == "audio" || type == "file" || type == "sticker")
        read_media(event, type, from);
    else if (type == "location")
        read_place(event, from);
    else if (type == "contact")
        event.message("kind", "contacts").message("raw", from["contacts"]);
    else if (type == "reaction")
        event.message("kind", "reaction").message("text", word(from["emoji"])).message("raw", from);
    else
        event.message("raw", from);  // stays "unsupported"
}

}  // namespace

Event inbound_event(const Account& account, const Json& body) {
    const Json& payload = body.at("payload");
    const Json& sender = payload["sender"];
    std::string phone = phone_of(word(payload["source"])), user;
    if (phone.empty()) phone = phone_of(word(sender["phone"]));
    // People who hide their number have an id of the business's own; its spelling differs between samples.
    for (const Json* place : {&payload, &sender})
        for (const char* field : {"userId", "userid", "user_id", "source"})
            if (user.empty() && waba::is_user_id(word((*place)[field]))) user = word((*place)[field]);
    if (phone.empty() && user.empty()) throw JsonError("the message does not say who wrote it");

    const std::string id = payload.at("id").text();
    Event event = Event::inbound(id, phone, waba::detail::time_of(Json(word(body["timestamp"]))));
    event.user_id(user).name(word(sender["name"])).channel("whatsapp").dedupe(id);
    event.sender(phone_of(account.source));
    read_content(event, payload.at("type").text(), payload["payload"]);
    const Json& context = payload["context"];
    const std::string ours = word(context["gsId"]);
    return event.reply_to(ours.empty() ? word(context["id"]) : ours);
}

}  // namespace gupshup
