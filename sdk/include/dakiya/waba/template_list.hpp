// dakiya/waba/template_list.hpp - templates as Meta lists them and as it takes new ones.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
#ifndef DAKIYA_WABA_TEMPLATE_LIST_HPP
#define DAKIYA_WABA_TEMPLATE_LIST_HPP

#include <algorithm>
#include <string>
#include <string_view>

#include "dakiya/json.hpp"
#include "dakiya/waba/limits.hpp"
#include "dakiya/waba/template.hpp"

namespace dakiya::waba {

// Our word for Meta's; a word that does not exist yet is "disabled", so that nothing is sent with it.
inline const char* template_status(std::string_view theirs) {
    struct Word {
        std::string_view theirs;
        const char* ours;
    };
    static constexpr Word words[] = {
        {"APPROVED", "approved"},        {"FLAGGED", "approved"},  // low quality, may be paused soon
        {"REINSTATED", "approved"},      {"PENDING", "pending"},   {"IN_APPEAL", "pending"},
        {"APPEAL_REQUESTED", "pending"}, {"REJECTED", "rejected"}, {"PAUSED", "paused"},
        {"DISABLED", "disabled"},        {"LOCKED", "disabled"},   {"LIMIT_EXCEEDED", "disabled"},
        {"PENDING_DELETION", "gone"},    {"DELETED", "gone"},      {"ARCHIVED", "gone"}};
    for (const Word& word : words)
        if (word.theirs == theirs) return word.ours;
    return "disabled";
}

inline std::string template_language(std::string language) {
    std::replace(language.begin(), language.end(), '-', '_');
    return language;
}

namespace detail {

// The names of the values that a person has to give, as build_template() looks them up.
inline void add_variables(Json& names, const Json& components, bool authentication,
                          const std::string& prefix) {
    const auto add = [&](std::string_view name) { names.push_back(prefix + std::string(name)); };
    for (const Json& part : components) {
        const std::string type = part.value("type", "");
        const std::string_view text = text_of(part, "text");
        if (type == "HEADER" && !variables_of(text).empty()) add("header");
        if (type == "BODY")
            for (const std::string_view name : variables_of(text)) add(name);
        if (type == "BUTTONS" && !authentication)
            for (std::size_t i = 0; i < part["buttons"].size(); ++i) {
                const Json& button = part["buttons"].at(i);
                const bool open = !variables_of(text_of(button, "url")).empty() ||
                                  !variables_of(text_of(button, "payload")).empty();  // entered by hand
                if (open || button.value("type", "") == "COPY_CODE") add("button." + std::to_string(i));
            }
        for (std::size_t i = 0; i < part["cards"].size(); ++i)
            add_variables(names, part["cards"].at(i)["components"], authentication,
                          "card." + std::to_string(i) + ".");
    }
}

inline std::string reason_of(const Json& listed) {
    const std::string reason = listed.value("rejected_reason", "");
    if (!reason.empty() && reason != "NONE") return lower(reason);
    return listed.value("status", "") == "FLAGGED" ? "flagged: low quality, Meta may pause it" : "";
}

}  // namespace detail

// The fields of a "template" record.
inline Json read_template(const Json& listed) {
    const std::string category = lower(listed.value("category", ""));
    Json variables = Json::array();
    detail::add_variables(variables, listed["components"], category == "authentication", {});
    Json out{{"name", listed.at("name").text()},
             {"language", template_language(listed.at("language"))},
             {"category", category},
             {"status", template_status(listed.value("status", ""))},
             {"id", listed["id"].scalar()}};
    out.set("components", listed["components"]);
    out.set("variables", std::move(variables));
    if (const std::string reason = detail::reason_of(listed); !reason.empty()) out.set("reason", reason);
    if (const std::string quality = listed["quality_score"].value("score", ""); !quality.empty())
        out.set("quality", lower(quality));
    return out;
}

namespace detail {

// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
inline void check_new_buttons(const Json& buttons) {
    if (buttons.size() > 10) throw Refused("a template may have 10 buttons", "template");
    std::size_t links = 0, phones = 0, coupons = 0, runs_of_replies = 0;
    bool after_reply = false;
    for (const Json& button : buttons) {
        const std::string type = button.value("type", "");
        const bool reply = type == "QUICK_REPLY";
        links += type == "URL";
        phones += type == "PHONE_NUMBER";
        coupons += type == "COPY_CODE";
        runs_of_replies += reply && !after_reply;
        after_reply = reply;
        at_most(25, button.value("text", ""), "a button's text");
        at_most(2000, button.value("url", ""), "a button's address");
        at_most(20, button.value("phone_number", ""), "a button's number");
    }
    if (links > 2) throw Refused("a template may have 2 buttons with links", "template");
    if (phones > 1) throw Refused("a template may have one button that calls a number", "template");
    if (coupons > 1) throw Refused("a template may have one button that copies a code", "template");
    if (runs_of_replies > 1) throw Refused("quick replies must stand together", "template");
}

inline void check_new_component(const Json& part) {
    const std::string type = part.value("type", "");
    const std::string_view text = text_of(part, "text");
    if (type == "HEADER") {
        at_most(60, text, "the header");
        if (variables_of(text).size() > 1) throw Refused("the header may have one variable", "template");
    }
    if (type == "BODY") at_most(1024, text, "the body");
    if (type == "FOOTER") {
        at_most(60, text, "the footer");
        if (!variables_of(text).empty()) throw Refused("the footer may not have variables", "template");
        if (const Json* minutes = part.find("code_expiration_minutes");
            minutes && !(minutes->is_integer() && minutes->integer() >= 1 && minutes->integer() <= 90))
            throw Refused("a code may be valid for 1 to 90 minutes", "template");
    }
    if (type == "BUTTONS") check_new_buttons(part["buttons"]);
}

inline bool has_named_variables(const Json& components) {
    for (const Json& part : components)
        for (const std::string_view name : variables_of(text_of(part, "text")))
            if (!is_digits(name)) return true;
    return false;
}

}  // namespace detail

// The body of POST /{waba_id}/message_templates. Throws Refused when Meta would not take it.
inline Json new_template(const Json& wanted) {
    const std::string name = wanted.at("name");
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (name.empty() || name.size() > 512 || !plain)
        throw Refused("a template's name has 1 to 512 small letters a-z, digits and _", "template");
    const std::string category = upper(wanted.at("category"));
    if (category != "MARKETING" && category != "UTILITY" && category != "AUTHENTICATION")
        throw Refused("the category must be marketing, utility or authentication", "template");
    const Json& components = wanted.at("components");
    for (const Json& part : components) detail::check_new_component(part);

    Json body{{"name", name}, {"language", template_language(wanted.at("language"))}, {"category", category}};
    body.set("parameter_format", detail::has_named_variables(components) ? "NAMED" : "POSITIONAL");
    body.set("components", components);
    return body;
}

}  // namespace dakiya::waba

#endif
