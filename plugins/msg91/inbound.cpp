#include "inbound.hpp"

#include <utility>

#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"
#include "events.hpp"
#include "time.hpp"

namespace msg91 {

using dakiya::Event;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::lower;

namespace {

// JSON inside a text, or the text itself: {"text":"Hi"} and Hi mean the same.
Json unpacked(const std::string& text) {
    if (text.empty() || (text[0] != '{' && text[0] != '[')) return text;
    try {
        return Json::parse(text);
    } catch (const JsonError&) {
        return text;  // a person may write a bracket
    }
}

std::string words(const Json& value) { return value.is_string() ? value.text() : std::string(); }

bool is_ours(const Account& account, const std::string& digits) {
    return !account.number.empty() && address_of(digits) == address_of(account.number);
}

// The item of "messages" as the Cloud API has it, with what the placeholders around it know.
std::optional<Event> read_item(const Json& item, const std::string& id, const std::string& from) {
    if (!item.is_object() || !item["type"].is_string()) return std::nullopt;
    Json message = item;
    if (!message["id"].is_string()) message.set("id", id);
    if (!message["from"].is_string()) message.set("from", from);
    try {
        auto events = dakiya::waba::parse_events({{"messages", Json::array({std::move(message)})}});
        if (events.size() == 1) return std::move(events.front());
    } catch (const JsonError&) {
        // Not the Cloud API's after all; "content" tells in other words.
    }
    return std::nullopt;
}

bool is_media(const std::string& type) {
    return type == "image" || type == "video" || type == "audio" || type == "document" || type == "sticker";
}

// "content": a text, {"text"}, a file with "attachment_url" or "url", or a place.
void read_content(const Json& content, const std::string& type, Event& event) {
    const std::string attachment = words(content["attachment_url"]);
    const std::string url = attachment.empty() ? words(content["url"]) : attachment;
    if (!url.empty())
        event.media(is_media(type) ? type : "document", "", url, words(content["mime_type"]),
                    words(content["filename"]), words(content["caption"]));
    else if (content["latitude"].is_number() && content["longitude"].is_number())
        event.location(content["latitude"].number(), content["longitude"].number(), words(content["name"]),
                       words(content["address"]));
    else if (content["text"].is_string())
        event.text(content["text"].text());
    else if (content.is_string() && !content.text().empty() && !is_media(type))
        event.text(content.text());
    else
        event.message("kind", "unsupported").message("raw", content);
}

}  // namespace

std::optional<Event> read_inbound(const Account& account, const Json& json) {
    const std::string from = field(json, {"customerNumber", "mobile"});
    if (is_ours(account, from)) return std::nullopt;
    // On Inbound Report Received tells again about a message that was here.
    if (field(json, {"content", "messages", "button"}).empty()) return std::nullopt;
    std::string id = field(json, {"uuid", "requestId"});
    const std::string type = lower(field(json, {"messageType"}));
    const Json content = unpacked(field(json, {"content"})), messages = unpacked(field(json, {"messages"}));
    const Json button = unpacked(field(json, {"button"}));

    const Json& item = messages.is_array() && !messages.empty() ? messages.at(0) : messages;
    auto event = read_item(item, id, from);
    if (!event) {
        event = Event::inbound(std::move(id), address_of(from));
        event->channel("whatsapp");  // of SMS it passes nothing on
        if (button.is_object())
            event->button(words(button["payload"]), words(button["text"]));
        else
            read_content(content, type, *event);
    }
    if (event->json()["at"].is_null()) event->at(read_time(field(json, {"requestedAt"})));
    event->sender(address_of(field(json, {"integratedNumber"}))).name(field(json, {"customerName"}));
    if (event->json()["address"].is_null())
        return Event::other("WhatsApp message at MSG91 without the number of its sender");
    return event;
}

void read_cloud_api(const Account& account, const Json& json, std::vector<Event>& events) {
    const Json bare{{"contacts", json["contacts"]}, {"messages", json["messages"]}};
    for (Event& event : dakiya::waba::parse_events(bare)) {
        const std::string from = words(event.json()["address"]);
        if (from.empty()) throw JsonError("a WhatsApp message without the number of its sender");
        if (is_ours(account, from)) continue;
        if (event.json()["sender"].is_null()) event.sender(address_of(account.number));
        event.name(field(json, {"customer_name"}));
        events.push_back(std::move(event));
    }
}

}  // namespace msg91
