#include "platform/events.hpp"

#include <charconv>

#include "common.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/time.hpp"
#include "platform/errors.hpp"
#include "platform/send.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

// ---- messages of ours

// A WhatsApp party is {phone_number?, bsuid?}, an SMS party a text.
std::string phone(const Json& party) {
    if (party.is_object()) return word(party, "phone_number");
    return party.is_string() && waba::is_phone(party.text()) ? party.text() : std::string();
}

std::string sender_of(const Json& party) { return party.is_string() ? party.text() : phone(party); }

Event status_event(const Json& data, const std::string& id, Status status, const std::string& type) {
    Event event = Event::status(id, status);
    event.ref(word(data["metadata"], "ref")).address(phone(data["to"])).sender(sender_of(data["from"]));
    event.user_id(word(data["to"], "bsuid")).price(price_of(data));
    if (status != Status::failed) return event;
    if (data["error"].is_object())
        event.error(message_error(data["error"]));
    else
        event.error({"other", type.substr(type.find('.') + 1), "not delivered; Bird gives no reason"});
    return event;
}

// ---- messages from people

void add_content(Event& event, const Json& data) {
    if (const Json& text = data["text"]; text.is_string()) {
        event.text(text.text());
        return;
    } else if (text.is_object()) {
        event.text(word(text, "body"));
        return;
    }
    for (const char* type : {"image", "video", "audio", "document", "sticker"}) {
        const Json& file = data[type];
        if (!file.is_object()) continue;  // Bird keeps files for a while: "url" may be missing
        event.media(type, word(file, "url"), {}, word(file, "mime_type"), word(file, "filename"),
                    word(file, "caption"));
        return;
    }
    const Json& place = data["location"];
    if (place["latitude"].is_number() && place["longitude"].is_number()) {
        const double latitude = place["latitude"].number(), longitude = place["longitude"].number();
        if (latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180) {
            event.location(latitude, longitude, word(place, "name"), word(place, "address"));
            return;
        }
    }
    // Taps on buttons and lists are not told: {"unsupported": {"type": "interactive"}}.
    if (data["unsupported"].is_object()) event.message("raw", data["unsupported"]);
}

std::vector<Event> inbound(const Json& data, const std::string& id, const std::string& channel) {
    const Json& from = data["from"];
    const std::string address = phone(from).empty() && from.is_string() ? from.text() : phone(from);
    const std::string user_id = word(from, "bsuid");
    if (address.empty() && user_id.empty()) return {};
    Event event = Event::inbound(id, address);
    event.channel(channel).user_id(user_id).sender(sender_of(data["to"]));
    add_content(event, data);
    return {std::move(event)};
}

}  // namespace

void require_signature(const std::string& secret, const Inbound& in) {
    if (secret.empty())
        throw Fault(DK_REJECTED,
                    "the automatic-updates secret (whsec_…) is not filled in, so nobody can tell whether "
                    "this is from Bird");
    constexpr std::string_view prefix = "whsec_";
    const std::string_view coded =
        std::string_view(secret).substr(secret.rfind(prefix, 0) == 0 ? prefix.size() : 0);
    const auto key = unbase64(coded);
    if (!key || key->empty())
        throw Fault(DK_REJECTED, "the automatic-updates secret is not one of Bird's: copy it again");

    const std::string id = in.header("webhook-id"), time = in.header("webhook-timestamp");
    std::int64_t seconds = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
    if (id.empty() || read.ec != std::errc() || read.ptr != time.data() + time.size())
        throw Fault(DK_REJECTED, "the request has no signature of Bird");
    constexpr std::int64_t tolerance = 300;
    const std::int64_t age = in.now() / 1000 - seconds;
    if (age > tolerance || age < -tolerance)
        throw Fault(DK_REJECTED, "the signature is older than five minutes, or this server's clock is wrong");

    const std::string wanted =
        "v1," + base64(hmac_sha256(*key, id + '.' + time + '.' + std::string(in.body())));
    const std::string header = in.header("webhook-signature");
    std::string_view given = header;
    while (!given.empty()) {  // several while the secret is being changed
        const std::size_t end = std::min(given.find(' '), given.size());
        if (equal(given.substr(0, end), wanted)) return;
        given.remove_prefix(std::min(end + 1, given.size()));
    }
    throw Fault(DK_REJECTED, "the signature does not match the automatic-updates secret");
}

std::optional<Status> status_of(std::string_view word) {
    if (word == "accepted" || word == "scheduled" || word == "sent") return Status::sent;
    if (word == "delivered") return Status::delivered;
    if (word == "read") return Status::read;
    for (const char* failed : {"failed", "undelivered", "expired", "rejected", "canceled"})
        if (word == failed) return Status::failed;
    return std::nullopt;
}

std::vector<Event> parse_events(const Inbound& in) {
    const Json& body = in.json();
    const std::string type = word(body, "type");
    const Json& data = body["data"];
    const std::string channel = type.substr(0, type.find('.'));
    if (!data.is_object() || (channel != "sms" && channel != "whatsapp")) return {};  // a test has no data
    const std::string id = word(data, channel == "sms" ? "sms_id" : "whatsapp_id");
    if (id.empty()) return {};

    const std::string what = type.substr(channel.size() + 1);
    std::vector<Event> events;
    if (what == "received")
        events = inbound(data, id, channel);
    else if (const auto status = status_of(what))
        events.push_back(status_event(data, id, *status, type));
    for (Event& event : events) {
        event.at(read_iso_time(word(body, "timestamp")));
        event.dedupe(id + ':' + what);
    }
    return events;
}

}  // namespace messagebird::platform
