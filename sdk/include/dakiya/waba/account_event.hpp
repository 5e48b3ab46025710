// dakiya/waba/account_event.hpp - webhook fields about templates, senders and the account.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference
#ifndef DAKIYA_WABA_ACCOUNT_EVENT_HPP
#define DAKIYA_WABA_ACCOUNT_EVENT_HPP

#include <string>
#include <string_view>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"
#include "dakiya/waba/error.hpp"
#include "dakiya/waba/event_fields.hpp"
#include "dakiya/waba/template_list.hpp"

namespace dakiya::waba::detail {

// ---- templates

// status: "" when the event says nothing of it; the stored one stays.
inline Event about_template(const Json& value, const char* status = "") {
    Event event = Event::template_(value.at("message_template_name"),
                                   template_language(value.at("message_template_language")), status);
    event.id(value["message_template_id"].scalar());  // a 64-bit number here, text in lists
    return event;
}

inline Event template_status_event(const Json& value) {
    const std::string theirs = value.at("event");
    Event event = about_template(value, template_status(theirs));
    std::string reason = value.value("reason", "");
    if (reason == "NONE") reason.clear();
    for (const Json* more : {&value["rejection_info"]["reason"], &value["other_info"]["description"],
                             &value["disable_info"]["disable_date"]})
        if (const std::string text = more->scalar(); !text.empty())
            reason += (reason.empty() ? "" : ": ") + text;
    put(event, "reason", reason);
    put(event, "category", lower(value.value("message_template_category", "")));
    return event;
}

inline Event template_quality_event(const Json& value) {
    return about_template(value).set("quality", lower(value.at("new_quality_score")));
}

inline Event template_category_event(const Json& value) {
    Event event = about_template(value);
    if (const std::string correct = value.value("correct_category", ""); !correct.empty())
        return event.set("reason", "Meta will change its category to " + lower(correct));
    const std::string now = lower(value.at("new_category"));
    return event.set("category", now).set("reason", "Meta changed its category to " + now);
}

// ---- senders

// These updates name the number, not its phone number ID.
inline Event about_sender(const Json& value) {
    const std::string number = phone_of(value.at("display_phone_number").scalar());
    if (number.empty()) throw JsonError("\"display_phone_number\" is not a number");
    return Event::sender_(number);
}

inline Event sender_quality_event(const Json& value) {
    Event event = about_sender(value);
    const std::string what = value.value("event", "");
    event.set("status", lower(what));
    if (what == "FLAGGED") event.set("quality", "red");
    for (const char* field : {"max_daily_conversations_per_business", "current_limit"})
        if (const std::string limit = value[field].scalar(); !limit.empty()) {
            event.set("limit", limit);
            break;
        }
    return event;
}

// ---- the account

inline Event account_error(const Json& json) {
    const Error error = read_error(json);
    return Event::account("error", "Meta reports: " + error.text + " (" + error.code + ")",
                          error.cls == "throttled" || error.cls == "provider" ? "warning" : "error")
        .error(error);
}

struct AccountWord {
    std::string_view event;
    const char* text;
    const char* severity;
};

inline constexpr AccountWord account_words[] = {
    {"ACCOUNT_DELETED", "Meta deleted this WhatsApp Business Account", "error"},
    {"ACCOUNT_VIOLATION", "Meta found a violation of its policies", "error"},
    {"ACCOUNT_RESTRICTION", "Meta restricted this WhatsApp Business Account", "error"},
    {"DISABLED_UPDATE", "Meta changed whether this WhatsApp Business Account is disabled", "error"},
    {"PARTNER_REMOVED", "A partner lost its access to this WhatsApp Business Account", "warning"},
    {"PARTNER_APP_UNINSTALLED", "A partner's app was removed from this WhatsApp Business Account", "warning"},
    {"VERIFIED_ACCOUNT", "Meta verified this business", "info"},
    {"VOLUME_BASED_PRICING_TIER_UPDATE", "This business reached another price tier", "info"},
};

inline Event account_update_event(const Json& value) {
    const std::string what = value.at("event");
    std::string text = "Meta updated the account: " + lower(what), severity = "info";
    for (const AccountWord& word : account_words)
        if (word.event == what) text = word.text, severity = word.severity;
    const Json& ban = value["ban_info"];
    for (const Json* detail :
         {&value["violation_info"]["violation_type"], &ban["waba_ban_state"], &ban["waba_ban_date"]})
        if (const std::string more = detail->scalar(); !more.empty()) text += ", " + more;
    for (const Json& restriction : value["restriction_info"])
        text += ", " + restriction.value("restriction_type", "");
    if (ban.value("waba_ban_state", "") == "REINSTATE") severity = "info";
    return Event::account(lower(what), text, severity);
}

inline Event alert_event(const Json& value) {
    // The alert's fields are in alert_info or, in older samples, beside it.
    const Json& info = value["alert_info"].is_object() ? value["alert_info"] : value;
    const std::string severity = info.value("alert_severity", "");
    const char* ours = severity == "CRITICAL" ? "error" : severity == "INFORMATIONAL" ? "info" : "warning";
    return Event::account(lower(info.value("alert_type", "")), info.value("alert_description", ""), ours);
}

inline Event decision_event(const std::string& about, const Json& value) {
    const std::string decision = lower(value.at("decision"));
    std::string text = about + ": " + decision;
    const std::string reason = value.value("rejection_reason", "");
    if (!reason.empty() && reason != "NONE") text += ", " + reason;
    return Event::account(decision, text, decision == "approved" ? "info" : "warning");
}

inline Event capability_event(const Json& value) {
    const std::string limit = value["max_daily_conversations_per_business"].scalar();
    return Event::account("limit",
                          "People that this business may start a conversation with in 24 hours: " +
                              (limit == "-1" ? "unlimited" : limit),
                          "info")
        .set("limit", limit);
}

// Every field but "messages" and "user_preferences".
inline Event management_event(const std::string& field, const Json& value) {
    // Meta's own sample has quality updates under the name of status updates.
    if (value.contains("new_quality_score")) return template_quality_event(value);
    if (field == "message_template_status_update") return template_status_event(value);
    if (field == "template_category_update") return template_category_event(value);
    if (field == "message_template_components_update")
        return about_template(value).set("reason", "its text was edited");
    if (field == "phone_number_quality_update") return sender_quality_event(value);
    if (field == "phone_number_name_update")
        return decision_event("Display name \"" + value.value("requested_verified_name", "") + "\"", value)
            .sender(phone_of(value["display_phone_number"].scalar()));
    if (field == "business_capability_update") return capability_event(value);
    if (field == "account_update") return account_update_event(value);
    if (field == "account_alerts") return alert_event(value);
    if (field == "account_review_update") return decision_event("Review of the account", value);
    if (field == "security")
        return Event::account(lower(value.value("event", "")),
                              "Security notice from Meta: " + lower(value.value("event", "")), "warning")
            .sender(phone_of(value["display_phone_number"].scalar()));
    return Event::other("Meta sent an update of \"" + field + "\"");  // e.g. smb_message_echoes, history
}

}  // namespace dakiya::waba::detail

#endif
