// dakiya/event.hpp - what a webhook (or `settle`, or `status`) told us. JSON form:
// sdk/schema/record/event.schema.json
//
//   Event::status(id, Status::failed, time).address(to).error({"recipient", "21211", "no such number"})
//   Event::inbound(id, from, time).sender(our_number).name(profile).text(body)
//
// Times are milliseconds of Unix time; 0 is "not told", the host then takes the time of arrival.
#ifndef DAKIYA_EVENT_HPP
#define DAKIYA_EVENT_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "dakiya/json.hpp"

namespace dakiya {

// Why a message failed. `cls` is one of the closed list: recipient opted_out window content template policy
// throttled provider auth balance quota config plugin other. `code` and `text` are the provider's own.
// `scope` "recipient": a throttled message was too many for this person, and others may go at once.
// `tries`: a class that is tried again is tried so many times altogether at most.
// `media` "gone": the provider cannot use the file that the message named, or not any more. The host uploads
// it again and tries the message once more, whatever the class.
struct Error {
    std::string cls{};
    std::string code{};
    std::string text{};
    std::int64_t retry_after_ms = 0;  // 0: not told
    std::string scope{};              // empty: the limit that the request drew on
    int tries = 0;                    // 0: as the class says
    std::string media{};              // empty: the error is not about a file

    Json json() const {
        Json out{{"class", cls}, {"code", code}, {"text", text}};
        if (retry_after_ms > 0) out.set("retry_after_ms", retry_after_ms);
        if (!scope.empty()) out.set("scope", scope);
        if (tries > 0) out.set("tries", std::int64_t{tries});
        if (!media.empty()) out.set("media", media);
        return out;
    }
};

// What a message cost. `cost` is in millionths of `currency`: 7500 USD is $0.0075.
struct Price {
    int parts = 0;  // 0: not told
    std::int64_t cost = 0;
    std::string currency{};  // ISO 4217; empty: the cost was not told

    void write(Json& record) const {
        if (parts > 0) record.set("parts", parts);
        if (currency.empty()) return;
        record.set("cost", cost);
        record.set("currency", currency);
    }
};

enum class Status { sent, delivered, read, failed };

inline const char* to_string(Status status) {
    switch (status) {
        case Status::sent:
            return "sent";
        case Status::delivered:
            return "delivered";
        case Status::read:
            return "read";
        case Status::failed:
            return "failed";
    }
    return "sent";
}

class Event {
public:
    // ---- kinds
    static Event status(std::string id, Status status, std::int64_t at = 0) {
        return Event("status").put("id", std::move(id)).set("status", to_string(status)).at(at);
    }
    // A message from a person; say what it is with text(), media(), button(), …
    static Event inbound(std::string id, std::string address, std::int64_t at = 0) {
        Event event("inbound");
        event.put("id", std::move(id)).put("address", std::move(address)).at(at);
        return event.message("kind", "unsupported");
    }
    static Event consent(std::string address, bool wants, std::int64_t at = 0) {
        return Event("consent")
            .set("address", std::move(address))
            .set("value", wants ? "start" : "stop")
            .at(at);
    }
    // status: "approved", "pending", "rejected", "paused", "disabled", "gone"; empty: it did not change.
    static Event template_(std::string name, std::string language, std::string status) {
        return Event("template")
            .set("name", std::move(name))
            .put("language", std::move(language))
            .put("status", std::move(status));
    }
    static Event sender_(std::string sender) { return Event("sender").sender(std::move(sender)); }
    // severity: "info", "warning", "error"
    static Event account(std::string status, std::string text, std::string severity) {
        return Event("account")
            .set("status", std::move(status))
            .set("text", std::move(text))
            .set("severity", std::move(severity));
    }
    // Something that the provider says and that changes nothing here; it is kept and shown.
    static Event other(std::string text) { return Event("other").set("text", std::move(text)); }

    // ---- who and which; an empty text is left out
    Event& ref(std::string ref) { return put("ref", std::move(ref)); }
    Event& id(std::string id) { return put("id", std::move(id)); }
    // The id is one for all recipients of a call. When the call's answer was lost, the host finds the message
    // by the address: the only one to it whose end is open.
    Event& id_of_batch() { return set("id_of_batch", true); }
    Event& address(std::string address) { return put("address", std::move(address)); }
    Event& sender(std::string sender) { return put("sender", std::move(sender)); }
    // Of inbound messages and consent; a provider with one channel may leave it out.
    Event& channel(std::string channel) { return put("channel", std::move(channel)); }
    Event& user_id(std::string id) { return put("user_id", std::move(id)); }
    Event& name(std::string name) { return put("name", std::move(name)); }
    // Two events of the same dedupe text are one. Without it: the same kind, id, status and time.
    Event& dedupe(std::string text) { return put("dedupe", std::move(text)); }
    Event& at(std::int64_t ms) {
        if (ms > 0) set("at", ms);
        return *this;
    }
    Event& error(const Error& error) { return set("error", error.json()); }
    Event& price(const Price& price) {
        price.write(json_);
        return *this;
    }
    // Only for pretend providers: the host delivers the event that much later.
    Event& after_ms(std::int64_t ms) { return set("after_ms", ms); }

    // ---- the message of an inbound event
    Event& text(std::string text) { return message("kind", "text").message("text", std::move(text)); }
    // type: "image", "video", "audio", "document", "sticker". Give a handle (for media.fetch) or a url.
    Event& media(std::string type, std::string handle, std::string url = {}, std::string mime = {},
                 std::string filename = {}, std::string caption = {}) {
        Json media{{"type", type}};
        put(media, "handle", std::move(handle));
        put(media, "url", std::move(url));
        put(media, "mime", std::move(mime));
        put(media, "filename", std::move(filename));
        message("kind", std::move(type)).message("media", std::move(media));
        return caption.empty() ? *this : message("text", std::move(caption));
    }
    Event& button(std::string id, std::string title) {
        return message("kind", "button")
            .message("button", Json{{"id", std::move(id)}, {"title", std::move(title)}});
    }
    Event& location(double latitude, double longitude, std::string name = {}, std::string address = {}) {
        Json place{{"latitude", latitude}, {"longitude", longitude}};
        put(place, "name", std::move(name));
        put(place, "address", std::move(address));
        return message("kind", "location").message("location", std::move(place));
    }
    // The provider's id of our message that this one answers.
    Event& reply_to(std::string id) { return id.empty() ? *this : message("reply_to", std::move(id)); }
    // Any other field of the message, e.g. ("kind", "contacts") with ("raw", json).
    Event& message(std::string_view field, Json value) {
        Json* message = json_.find("message");
        (message ? *message : json_.set("message", Json::object())).set(field, std::move(value));
        return *this;
    }

    // Any other field of the event.
    Event& set(std::string_view field, Json value) {
        json_.set(field, std::move(value));
        return *this;
    }
    const Json& json() const { return json_; }

private:
    explicit Event(const char* kind) : json_{{"kind", kind}} {}

    static void put(Json& object, std::string_view field, std::string value) {
        if (!value.empty()) object.set(field, std::move(value));
    }
    Event& put(std::string_view field, std::string value) {
        put(json_, field, std::move(value));
        return *this;
    }

    Json json_;
};

}  // namespace dakiya

#endif
