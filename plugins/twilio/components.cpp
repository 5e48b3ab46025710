#include "components.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "message.hpp"
#include "text.hpp"

namespace twilio {

using namespace dakiya;

namespace {

bool has_variable(std::string_view text) { return !variables_in(text).empty(); }

// Calls `found` with every text in the value.
template <class Found>
void each_text(const Json& value, const Found& found) {
    if (value.is_string()) found(value.text());
    if (value.is_array())
        for (const Json& item : value) each_text(item, found);
    if (value.is_object())
        for (const Json::Member& member : value.members()) each_text(member.second, found);
}

// ---- a Content resource → components

// The richest comes first: that is the one that WhatsApp shows.
constexpr std::array<std::string_view, 8> readable{
    "whatsapp/authentication", "whatsapp/card",      "twilio/card",  "twilio/quick-reply",
    "twilio/call-to-action",   "twilio/list-picker", "twilio/media", "twilio/text"};

std::string media_format(const std::string& url) {
    const std::string ending = upper(url.substr(url.rfind('.') + 1));
    if (ending == "MP4" || ending == "3GP") return "VIDEO";
    if (ending == "PDF" || ending == "DOC" || ending == "DOCX" || ending == "PPTX" || ending == "XLSX")
        return "DOCUMENT";
    return "IMAGE";
}

// A value is asked for a coupon only when it is a variable.
Json button_of(const Json& action) {
    const std::string type = upper(action.value("type", "QUICK_REPLY"));
    Json button{{"type", type}, {"text", action.value("title", "")}};
    if (type == "COPY_CODE") {
        const std::string code = action.value("code", action.value("copy_code_text", ""));
        button.set("type", has_variable(code) ? "COPY_CODE" : "FIXED_CODE");
        button.set("code", code);
    }
    if (const Json& url = action["url"]; url.is_string()) button.set("url", url);
    if (const Json& phone = action["phone"]; phone.is_string()) button.set("phone_number", phone);
    if (const Json& id = action["id"]; id.is_string()) button.set("id", id);
    return button;
}

// A picture that never changes needs no value and is not listed.
void add_header(Json& components, const Json& content) {
    if (const std::string text = content.value("header_text", ""); !text.empty())
        components.push_back({{"type", "HEADER"}, {"format", "TEXT"}, {"text", text}});
    for (const Json& media : content["media"])
        if (const std::string url = media.text(); has_variable(url)) {
            components.push_back({{"type", "HEADER"}, {"format", media_format(url)}, {"url", url}});
            return;
        }
}

void add_text(Json& components, const char* type, const std::string& text) {
    if (!text.empty()) components.push_back({{"type", type}, {"text", text}});
}

void add_buttons(Json& components, const Json& content) {
    Json buttons = Json::array();
    for (const Json& action : content["actions"]) buttons.push_back(button_of(action));
    if (content["items"].is_array())
        buttons.push_back(
            {{"type", "LIST"}, {"text", content.value("button", "")}, {"items", content["items"]}});
    if (!buttons.empty()) components.push_back({{"type", "BUTTONS"}, {"buttons", buttons}});
}

// WhatsApp words the body itself; the code is the only variable.
// https://www.twilio.com/docs/content/whatsappauthentication
Json authentication_of(const Json& content) {
    Json components = Json::array();
    add_text(components, "BODY", content.value("body", "{{1}}"));
    Json buttons = Json::array();
    for (const Json& action : content["actions"])
        buttons.push_back({{"type", "OTP"}, {"text", action.value("copy_code_text", "")}});
    if (!buttons.empty()) components.push_back({{"type", "BUTTONS"}, {"buttons", buttons}});
    return components;
}

// ---- components → the values of one recipient

class Values {
public:
    explicit Values(const Recipient& to) : to_(to) {}

    // Every variable of the text gets the value of its own name, else the one of its place.
    void fill(const std::string& text, const std::string& place) {
        for (const std::string& name : variables_in(text)) add(name, given(name, place));
    }

    // "https://cdn.example/{{3}}": the variable is what the picture's address has in its place.
    void fill_media(const std::string& pattern) {
        const std::vector<std::string> names = variables_in(pattern);
        if (names.empty()) return;
        const std::size_t open = pattern.find("{{"), close = pattern.find("}}", open);
        const std::string before = pattern.substr(0, open), after = pattern.substr(close + 2);
        const std::string url = to_.param("header.url");
        const std::size_t fixed = before.size() + after.size();
        if (names.size() != 1 || url.size() <= fixed || url.compare(0, before.size(), before) != 0 ||
            url.compare(url.size() - after.size(), after.size(), after) != 0)
            throw Refused("template", "the address of the template's file has to look like " + pattern);
        add(names[0], url.substr(before.size(), url.size() - fixed));
    }

    void add(const std::string& name, std::string value) {
        if (value.empty())
            throw Refused("template", "the template's value {{" + name + "}} is missing or empty");
        if (!values_.contains(name)) values_.set(name, std::move(value));
    }

    Json take() { return std::move(values_); }

private:
    std::string given(const std::string& name, const std::string& place) const {
        const auto own = to_.params.find(name);
        return own != to_.params.end() ? own->second : to_.param(place);
    }

    const Recipient& to_;
    Json values_ = Json::object();
};

void fill_buttons(Values& values, const Json& buttons) {
    std::size_t index = 0;
    for (const Json& button : buttons) {
        const std::string place = "button." + std::to_string(index++);
        each_text(button, [&](const std::string& text) { values.fill(text, place); });
    }
}

}  // namespace

Json components_of(const Json& types) {
    for (const std::string_view type : readable) {
        const Json* content = types.find(type);
        if (!content) continue;
        if (type == "whatsapp/authentication") return authentication_of(*content);
        Json components = Json::array();
        add_header(components, *content);
        // A card's title is what WhatsApp shows as the body.
        add_text(components, "BODY", content->value("body", content->value("title", "")));
        add_text(components, "FOOTER", content->value("footer", content->value("subtitle", "")));
        add_buttons(components, *content);
        return components;
    }
    Json components = Json::array();
    if (types.is_object())
        for (const Json::Member& type : types.members())
            components.push_back({{"type", upper(type.first)}, {"content", type.second}});
    return components;
}

Json variables_of(const Json& components) {
    Json names = Json::array();
    each_text(components, [&](const std::string& text) {
        for (const std::string& name : variables_in(text))
            if (std::find(names.begin(), names.end(), Json(name)) == names.end()) names.push_back(name);
    });
    return names;
}

Json template_values(const Template& in, const Recipient& to) {
    Values values(to);
    if (!in.components.is_array()) {  // not listed: take what there is by name
        for (const auto& [name, value] : to.params)
            if (name.rfind("header", 0) != 0 && name.rfind("button.", 0) != 0) values.add(name, value);
        return values.take();
    }
    for (const Json& component : in.components) {
        const std::string type = upper(component.value("type", ""));
        if (type == "BUTTONS")
            fill_buttons(values, component["buttons"]);
        else if (type == "HEADER" && component["url"].is_string())
            values.fill_media(component["url"].text());
        else
            values.fill(component.value("text", ""), type == "HEADER" ? "header" : "");
    }
    return values.take();
}

}  // namespace twilio
