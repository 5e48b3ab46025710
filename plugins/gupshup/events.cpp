#include "events.hpp"

#include <cstdlib>

#include "answer.hpp"
#include "dakiya/reply.hpp"
#include "dakiya/waba.hpp"
#include "inbound.hpp"
#include "sms_reports.hpp"
#include "templates.hpp"

namespace gupshup {

using dakiya::Event;
using dakiya::Inbound;
using dakiya::Json;
using dakiya::JsonError;
using dakiya::phone_of;
using dakiya::Status;
namespace waba = dakiya::waba;

namespace {

std::int64_t number_of(const Json& value) {
    const std::string text = word(value);
    return std::strtoll(text.c_str(), nullptr, 10);
}

// The events of a message name it by Gupshup's own id, which the send call told: in `gsId`, or in `id` where
// there is no `gsId` (enqueued, and failures before WhatsApp saw it). A later event without `gsId` has
// WhatsApp's id only, which we never got: that of Marketing Messages Lite is found by its number, one more
// than a week old by nothing.
void name_message(Event& event, const Json& payload, const std::string& type, const std::string& gs_id) {
    const std::string id = gs_id.empty() ? word(payload["id"]) : gs_id;
    const bool ours = !gs_id.empty() || type == "failed";
    const bool lite = word(payload["pricing"]["category"]) == "marketing_lite";
    if (ours || !lite) event.id(id);
    event.address(phone_of(word(payload["destination"])));
    event.dedupe(type + ":" + id);
}

std::vector<Event> message_event(const Json& body) {
    const Json& payload = body.at("payload");
    const std::string type = payload.at("type").text(), gs_id = word(payload["gsId"]);
    const auto status = waba::status_of(type);
    if (!status) return {};  // enqueued, deleted, mismatch: our message does not move
    const std::int64_t sent_at = waba::detail::time_of(Json(word(payload["payload"]["ts"])));
    Event event =
        Event::status("", *status, sent_at ? sent_at : waba::detail::time_of(Json(word(body["timestamp"]))));
    name_message(event, payload, type, gs_id);
    const std::string who = word(payload["payload"]["userId"]);
    if (waba::is_user_id(who)) event.user_id(who);
    if (*status == Status::failed)
        event.error(event_error(number_of(payload["payload"]["code"]), word(payload["payload"]["reason"])));
    if (const Json& pricing = payload["pricing"]; pricing.is_object())
        event.set("pricing", Json{{"category", pricing["category"]}, {"type", pricing["type"]}});
    if (!event.json().contains("id") && !event.json().contains("address"))
        return {Event::other("Gupshup reports \"" + type + "\" without an id and a number")};
    return {event};
}

std::vector<Event> template_event(const Json& body) {
    const Json& payload = body.at("payload");
    const std::string status = word(payload["status"]);
    Event event = Event::template_(payload.at("elementName").text(),
                                   waba::template_language(word(payload["languageCode"])),
                                   status.empty() ? "" : template_status(status));
    event.id(word(payload["id"])).at(waba::detail::time_of(Json(word(body["timestamp"]))));
    for (const char* field : {"rejectedReason", "description"})
        if (const std::string reason = word(payload[field]); !reason.empty() && reason != "NONE") {
            event.set("reason", reason);
            break;
        }
    return {event};
}

std::vector<Event> account_event(const Json& body) {
    const Json& payload = body.at("payload");
    const std::string type = word(payload["type"]);
    if (type == "tier-event") {
        const std::string now = word(payload["currentLimit"]), change = waba::lower(word(payload["event"]));
        return {Event::account("limit", "Gupshup: the messaging limit is now " + now + " (" + change + ")",
                               change == "upgrade" ? "info" : "warning")
                    .set("limit", now)};
    }
    return {Event::account(type, "Gupshup updated the account: " + type, "info")};
}

std::vector<Event> preference_event(const Json& body) {
    std::vector<Event> events;
    for (const Json& preference : body.at("payload").at("payload").at("user_preferences")) {
        const std::string value = word(preference["value"]), user = word(preference["user_id"]);
        const std::string phone = phone_of(word(preference["wa_id"]));
        if ((value != "stop" && value != "resume") || (phone.empty() && user.empty())) continue;
        Event event = Event::consent(phone, value == "resume",
                                     waba::detail::time_of(Json(word(preference["timestamp"]))));
        events.push_back(event.user_id(user).channel("whatsapp"));
    }
    return events;
}

// Opt-in calls are shut, but a person who opts out by other ways is still told.
std::vector<Event> user_event(const Json& body) {
    const Json& payload = body.at("payload");
    const std::string type = word(payload["type"]), phone = phone_of(word(payload["phone"]));
    if ((type != "opted-out" && type != "opted-in") || phone.empty()) return {};  // sandbox-start: a probe
    return {Event::consent(phone, type == "opted-in", waba::detail::time_of(Json(word(body["timestamp"]))))
                .channel("whatsapp")};
}

std::vector<Event> read_v2(const Account& account, const Json& body) {
    const std::string type = body.at("type").text();
    if (type == "message") return {inbound_event(account, body)};
    if (type == "message-event") return message_event(body);
    if (type == "template-event") return template_event(body);
    if (type == "account-event") return account_event(body);
    if (type == "preference-event") return preference_event(body);
    if (type == "user-event") return user_event(body);
    return {};  // billing-event repeats what the status said; platform-event and words of tomorrow
}

// v3 is Meta's envelope. Our id is gs_id; the other one was never told to us.
void use_our_ids(Json& value) {
    if (Json* statuses = value.find("statuses"))
        for (Json& status : statuses->items())
            if (const std::string ours = word(status["gs_id"]); !ours.empty()) status.set("id", ours);
    if (Json* messages = value.find("messages"))
        for (Json& message : messages->items())
            if (Json* context = message.find("context"); context && context->is_object())
                if (const std::string ours = word((*context)["gs_id"]); !ours.empty())
                    context->set("id", ours);
}

std::vector<Event> read_v3(Json body) {
    for (Json& entry : body.find("entry")->items())
        if (Json* changes = entry.find("changes"))
            for (Json& change : changes->items())
                if (Json* value = change.find("value"); value && value->is_object()) use_our_ids(*value);
    return waba::parse_events(body);
}

}  // namespace

std::vector<Event> read_webhook(const Account& account, const Inbound& in) {
    if (is_sms(in)) return read_sms(in);
    const Json& body = in.json();
    if (body.contains("entry")) return read_v3(body);
    if (body["type"].is_string() && body["payload"].is_object()) return read_v2(account, body);
    throw JsonError("this is no webhook of Gupshup: choose payload format v2 or v3 for the callback");
}

}  // namespace gupshup
