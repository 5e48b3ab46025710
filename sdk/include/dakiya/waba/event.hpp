// dakiya/waba/event.hpp - webhooks of the WhatsApp Business Account: one Event for each thing that happened.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
#ifndef DAKIYA_WABA_EVENT_HPP
#define DAKIYA_WABA_EVENT_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"
#include "dakiya/waba/account_event.hpp"
#include "dakiya/waba/error.hpp"
#include "dakiya/waba/event_fields.hpp"
#include "dakiya/waba/inbound_event.hpp"

namespace dakiya::waba {

// "deleted" and words that do not exist yet give nothing.
inline std::optional<Status> status_of(std::string_view word) {
    if (word == "sent") return Status::sent;
    if (word == "delivered") return Status::delivered;
    if (word == "read" || word == "played") return Status::read;  // played: a voice note was listened to
    if (word == "failed") return Status::failed;
    return std::nullopt;
}

// Two copies of a status event (Meta repeats them for days) have the same one.
inline std::string status_key(const std::string& id, Status status, const std::string& participant = {}) {
    return id + ":" + to_string(status) + (participant.empty() ? "" : ":" + participant);
}

namespace detail {

inline void add_status(std::vector<Event>& events, const Json& status, const Json& metadata) {
    const std::optional<Status> what = status_of(status.value("status", ""));
    if (!what) return;
    const std::string id = status.at("id");
    const std::string participant = status["recipient_participant_id"].scalar();  // of a group
    const std::string who = participant.empty() ? status["recipient_id"].scalar() : participant;
    Event event = Event::status(id, *what, time_of(status["timestamp"]));
    event.dedupe(status_key(id, *what, participant));
    event.ref(status.value("biz_opaque_callback_data", ""));
    event.address(phone_of(who));
    event.user_id(status.value("recipient_user_id", is_user_id(who) ? who : ""));
    event.sender(metadata["phone_number_id"].scalar());
    if (*what == Status::failed)
        event.error(status["errors"].empty() ? Error{"other", "", "Meta gave no reason"}
                                             : read_error(status["errors"].at(0)));
    // What Meta bills it as; the amount is only known from the invoice.
    if (const Json& pricing = status["pricing"]; pricing.is_object())
        event.set("pricing", Json{{"category", pricing["category"]}, {"type", pricing["type"]}});
    events.push_back(std::move(event));
}

inline void add_preference(std::vector<Event>& events, const Json& preference) {
    const std::string phone = phone_of(preference["wa_id"].scalar());
    const std::string user_id = preference.value("user_id", ""), value = preference.at("value");
    if (phone.empty() && user_id.empty()) throw JsonError("the preference does not say whose it is");
    if (value != "stop" && value != "resume") throw JsonError("\"" + value + "\" is not stop or resume");
    Event event = Event::consent(phone, value == "resume", time_of(preference["timestamp"]));
    event.channel("whatsapp");
    event.user_id(user_id);
    put(event, "category", preference.value("category", ""));
    events.push_back(std::move(event));
}

// One update that cannot be read must not hold back the others of the same request.
template <class Read>
void attempt(std::vector<Event>& events, const std::string& field, Read&& read) {
    const std::size_t before = events.size();
    try {
        read();
    } catch (const JsonError& error) {
        events.erase(events.begin() + static_cast<std::ptrdiff_t>(before), events.end());
        events.push_back(Event::other("an update of \"" + field + "\" cannot be read: " + error.what()));
    }
}

inline void add_messages(std::vector<Event>& events, const Json& value) {
    const Json& metadata = value["metadata"];
    for (const Json& status : value["statuses"])
        attempt(events, "statuses", [&] { add_status(events, status, metadata); });
    for (const Json& message : value["messages"])
        attempt(events, "messages",
                [&] { events.push_back(inbound_event(message, value["contacts"], metadata)); });
    if (value["statuses"].empty() && value["messages"].empty())
        for (const Json& error : value["errors"])  // of the account, not of a message
            attempt(events, "errors", [&] { events.push_back(account_error(error)); });
}

inline void add_change(std::vector<Event>& events, const Json& entry, const Json& change) {
    const Json& value = change["value"];
    std::string field = change["field"].scalar();
    if (field.empty()) field = value["field"].scalar();  // PARTNER_… samples put it at other levels
    if (field.empty()) field = entry["field"].scalar();
    attempt(events, field, [&] {
        const std::int64_t at = time_of(entry["time"]);
        if (field == "messages")
            add_messages(events, value);
        else if (field == "user_preferences")
            for (const Json& preference : value.at("user_preferences"))
                attempt(events, field, [&] { add_preference(events, preference); });
        else
            events.push_back(management_event(field, value).at(at));
    });
}

}  // namespace detail

// The usual envelope with "entry", or the bare value with "statuses" or "messages" that some partners send.
// Throws JsonError when it is neither, or about another product of Meta.
inline std::vector<Event> parse_events(const Json& body) {
    const std::string account = "whatsapp_business_account";
    if (const std::string object = body.value("object", account); object != account)
        throw JsonError("this is an update about \"" + object + "\", not about a WhatsApp Business Account");
    std::vector<Event> events;
    if (body.contains("statuses") || body.contains("messages")) {
        detail::add_messages(events, body);
        return events;
    }
    for (const Json& entry : body.at("entry"))
        for (const Json& change : entry.at("changes")) detail::add_change(events, entry, change);
    return events;
}

}  // namespace dakiya::waba

#endif
