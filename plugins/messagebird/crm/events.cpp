#include "crm/events.hpp"

#include <charconv>

#include "common.hpp"
#include "crm/message.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/time.hpp"

namespace messagebird::crm {

using namespace dakiya;

namespace {

// Some events nest the message.
const Json& message_in(const Json& payload) {
    if (payload["message"].is_object()) return payload["message"];
    if (payload["lastMessage"].is_object()) return payload["lastMessage"];
    return payload;
}

std::int64_t time_of(const Json& message) {
    for (const char* field : {"lastStatusAt", "updatedAt", "createdAt"})
        if (const std::int64_t at = read_iso_time(word(message, field)); at > 0) return at;
    return 0;
}

// ---- messages of ours

// The number, when the contact is known by it.
std::string phone(const Json& contact) {
    return word(contact, "identifierKey") == "phonenumber" ? phone_of(word(contact, "identifierValue"))
                                                           : std::string();
}

std::string receiver_of(const Json& message) {
    const Json& contacts = message["receiver"]["contacts"];
    return contacts.is_array() && contacts.size() == 1 ? phone(contacts.at(0)) : std::string();
}

std::vector<Event> status_events(const Json& message) {
    const std::string id = word(message, "id"), theirs = word(message, "status");
    const auto status = status_of(theirs);
    if (!status || id.empty()) return {};
    Event event = Event::status(id, *status, time_of(message));
    event.ref(word(message, "reference")).address(receiver_of(message)).dedupe(id + ':' + theirs);
    event.sender(word(message, "channelId"));
    if (*status == Status::failed) event.error(message_error(message));
    return {std::move(event)};
}

// Opened and tapped: {"type": "read", "messageId", …}.
std::vector<Event> interaction_events(const Json& payload) {
    std::string id = word(payload, "messageId");
    if (id.empty()) id = word(message_in(payload), "id");
    const bool read = word(payload, "type") == "read" || word(message_in(payload), "status") == "read";
    if (id.empty() || !read) return {};
    Event event = Event::status(id, Status::read, time_of(payload));
    event.ref(word(message_in(payload), "reference")).dedupe(id + ":read");
    return {std::move(event)};
}

// ---- messages from people

struct File {
    std::string type, url, mime, name;
};

std::string type_of(const std::string& mime) {
    for (const char* type : {"image", "video", "audio"})
        if (mime.rfind(std::string(type) + '/', 0) == 0) return type;
    return "document";
}

std::vector<File> files_of(const Json& body) {
    std::vector<File> files;
    const auto add = [&](const Json& list, bool images) {
        if (!list.is_array()) return;
        for (const Json& one : list) {
            const std::string mime = word(one, "contentType");
            files.push_back(
                {images ? "image" : type_of(mime), word(one, "mediaUrl"), mime, word(one, "filename")});
        }
    };
    add(body["image"]["images"], true);
    add(body["file"]["files"], false);
    return files;
}

void add_text(Event& event, const Json& text) {
    const Json& actions = text["actions"];
    const Json& tap = actions.is_array() && !actions.empty() ? actions.at(0)["postback"] : text["no tap"];
    if (tap.is_object())
        event.button(word(tap, "payload"), word(tap, "text"));
    else
        event.text(word(text, "text"));
}

Event inbound(const Json& message, const std::string& id, const std::string& channel) {
    const Json& contact = message["sender"]["contact"];
    const std::string address = phone(contact);
    Event event = Event::inbound(id, address, time_of(message));
    if (address.empty()) event.user_id(word(contact, "identifierValue"));
    event.name(word(contact["annotations"], "name"))
        .sender(word(message["receiver"]["connector"], "identifierValue"));
    event.channel(channel).reply_to(word(message["replyTo"], "id")).dedupe(id + ":inbound");
    return event;
}

std::vector<Event> inbound_events(const Json& message, const std::string& channel) {
    const std::string id = word(message, "id");
    if (id.empty() || word(message["sender"]["contact"], "identifierValue").empty()) return {};
    const Json& body = message["body"];
    const std::vector<File> files = files_of(body);
    std::vector<Event> events;
    for (std::size_t i = 0; i < files.size(); ++i) {  // each file is a message of its own
        events.push_back(inbound(message, i == 0 ? id : id + '.' + std::to_string(i), channel));
        events.back().media(files[i].type, files[i].url, {}, files[i].mime, files[i].name,
                            i == 0 ? word(body["image"], "text") : "");
    }
    if (!events.empty()) return events;
    events.push_back(inbound(message, id, channel));
    if (body["text"].is_object())
        add_text(events.back(), body["text"]);
    else if (body.is_object())
        events.back().message("raw", body);
    return events;
}

}  // namespace

void require_signature(const std::string& key, const Inbound& in) {
    if (key.empty())
        throw Fault(
            DK_REJECTED,
            "the automatic-updates secret is not filled in, so nobody can tell whether this is from Bird");
    const std::string time = in.header("messagebird-request-timestamp");
    std::int64_t seconds = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (read.ec != std::errc() || read.ptr != time.data() + time.size())
        throw Fault(DK_REJECTED, "the request has no signature of Bird");
    constexpr std::int64_t oldest = 48 * 3600, ahead = 300;
    const std::int64_t age = in.now() / 1000 - seconds;
    if (age > oldest || age < -ahead)
        throw Fault(DK_REJECTED, "the signature is older than two days, or this server's clock is wrong");
    const std::string text = time + '\n' + std::string(in.url()) + '\n' + sha256(in.body());
    if (!equal(in.header("messagebird-signature"), base64(hmac_sha256(key, text))))
        throw Fault(DK_REJECTED,
                    "the signature does not match: it covers the full public address of this server and the "
                    "automatic-updates secret that the subscription was made with");
}

std::vector<Event> parse_events(const Inbound& in) {
    const Json& body = in.json();
    const Json& payload = body["payload"];
    if (!payload.is_object()) return {};
    const std::string event = word(body, "event");
    const std::string channel = event.substr(0, event.find('.'));
    if (channel != "sms" && channel != "whatsapp") return {};
    if (event == channel + ".interaction") return interaction_events(payload);
    const Json& message = message_in(payload);
    return word(message, "direction") == "incoming" ? inbound_events(message, channel)
                                                    : status_events(message);
}

}  // namespace messagebird::crm
