#include "components.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "message.hpp"

namespace twilio {

using namespace dakiya;

namespace {

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return text;
}

// The names between {{ and }}, in order.
std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t open = text.find("{{");
        const std::size_t close = open == text.npos ? text.npos : text.find("}}", open + 2);
        if (close == text.npos) return names;
        std::string_view name = text.substr(open + 2, close - open - 2);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        names.emplace_back(name);
        text.remove_prefix(close + 2);
    }
}

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

// ---- components → a Content resource

[[noreturn]] void cannot_make(const std::string& why) { throw Fault(DK_BAD_INPUT, why); }

// Moves the variables of all parts into one numbering and collects their examples.
class Numbering {
public:
    // The body keeps its names; the others come after it.
    std::string keep(const std::string& text, const Json& examples) {
        std::size_t index = 0;
        for (const std::string& name : variables_in(text)) {
            if (!samples_.contains(name)) sample(name, example(examples, name, index++));
            last_ = std::max(last_, number(name));
        }
        return text;
    }

    // A text with at most one variable, which gets the next number.
    std::string append(std::string text, const std::string& example_text) {
        const std::vector<std::string> names = variables_in(text);
        if (names.empty()) return text;
        if (names.size() > 1) cannot_make("\"" + text + "\" has more than one variable");
        const std::string name = std::to_string(++last_);
        const std::size_t open = text.find("{{"), close = text.find("}}", open);
        sample(name, example_text);
        return text.replace(open, close + 2 - open, "{{" + name + "}}");
    }

    std::string append_whole(const std::string& example_text) { return append("{{1}}", example_text); }
    Json take() { return std::move(samples_); }

private:
    void sample(const std::string& name, const std::string& value) {
        if (value.empty())
            cannot_make("WhatsApp wants an example for the variable {{" + name + "}} of the template");
        samples_.set(name, value);
    }

    static int number(const std::string& name) {
        const bool digits =
            !name.empty() && name.size() < 4 && name.find_first_not_of("0123456789") == std::string::npos;
        return digits ? std::stoi(name) : 0;
    }

    // {"body_text": [["Asha", "ORD-7"]]} or {"body_text_named_params": [{"param_name", "example"}]}
    static std::string example(const Json& examples, const std::string& name, std::size_t index) {
        for (const Json& named : examples["body_text_named_params"])
            if (named.value("param_name", "") == name) return named.value("example", "");
        const Json& rows = examples["body_text"];
        if (rows.empty()) return {};
        const Json& row = rows.at(0).is_array() ? rows.at(0) : rows;
        return index < row.size() ? row.at(index).text() : std::string();
    }

    Json samples_ = Json::object();
    int last_ = 0;
};

std::string first_text(const Json& list) {
    if (list.is_string()) return list.text();
    return list.empty() ? std::string() : list.at(0).scalar();
}

struct Parts {
    Json header, body, footer, buttons = Json::array();
};

Parts sort_parts(const Json& components) {
    Parts parts;
    for (const Json& component : components) {
        const std::string type = upper(component.at("type").text());
        if (type == "HEADER")
            parts.header = component;
        else if (type == "BODY")
            parts.body = component;
        else if (type == "FOOTER")
            parts.footer = component;
        else if (type == "BUTTONS")
            parts.buttons = component.at("buttons");
        else
            cannot_make("Twilio templates with a component of type " + type +
                        " have to be made in the Console");
    }
    return parts;
}

void set_header(Json& content, const Json& header, Numbering& numbering) {
    if (header.is_null()) return;
    const std::string format = upper(header.value("format", "TEXT"));
    const Json& examples = header["example"];
    if (format == "TEXT") {
        content.set("header_text",
                    numbering.append(header.at("text").text(), first_text(examples["header_text"])));
        return;
    }
    if (format != "IMAGE" && format != "VIDEO" && format != "DOCUMENT")
        cannot_make("Twilio templates with a header of format " + format + " have to be made in the Console");
    // The host name cannot be a variable; the rest of the example's address is the sample.
    const std::string url =
        first_text(examples.contains("header_url") ? examples["header_url"] : examples["header_handle"]);
    const std::size_t scheme = url.find("://");
    const std::size_t path = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
    if (path == std::string::npos)
        cannot_make("the template's file needs an example with a public web address");
    content.set("media",
                Json::array({url.substr(0, path + 1) + numbering.append_whole(url.substr(path + 1))}));
}

// The example of a URL is the whole address or only what stands for the variable.
std::string url_sample(const std::string& url, const std::string& example) {
    const std::string fixed = url.substr(0, url.find("{{"));
    return example.rfind(fixed, 0) == 0 ? example.substr(fixed.size()) : example;
}

Json action_of(const Json& button, Numbering& numbering) {
    const std::string type = upper(button.at("type").text());
    const std::string example = first_text(button["example"]);
    if (type == "COPY_CODE") {
        const std::string title = button.value("text", "Copy code");
        return {{"type", type}, {"title", title}, {"code", numbering.append_whole(example)}};
    }
    Json action{{"type", type}, {"title", button.at("text").text()}};
    if (type == "URL") {
        const std::string url = button.at("url");
        action.set("url", numbering.append(url, url_sample(url, example)));
    } else if (type == "PHONE_NUMBER") {
        action.set("phone", button.at("phone_number").text());
    } else if (type == "QUICK_REPLY") {
        action.set("id", button.value("id", button.at("text").text()));
    } else {
        cannot_make("Twilio templates with a button of type " + type + " have to be made in the Console");
    }
    return action;
}

Draft draft_authentication(const Parts& parts) {
    Json content = Json::object();
    content.set("add_security_recommendation", parts.body.value("add_security_recommendation", true));
    if (const Json& minutes = parts.footer["code_expiration_minutes"]; minutes.is_integer())
        content.set("code_expiration_minutes", minutes);
    std::string label = "Copy code";
    for (const Json& button : parts.buttons) label = button.value("text", label);
    content.set("actions", Json::array({Json{{"type", "COPY_CODE"}, {"copy_code_text", label}}}));
    return {Json{{"whatsapp/authentication", content}}, Json{{"1", "123456"}}};
}

// The plainest type that holds all parts.
const char* type_for(const Parts& parts) {
    if (!parts.header.is_null() || !parts.footer.is_null()) return "whatsapp/card";
    bool replies = false, calls = false;
    for (const Json& button : parts.buttons)
        (upper(button.at("type").text()) == "QUICK_REPLY" ? replies : calls) = true;
    if (replies && calls) return "whatsapp/card";
    if (replies) return "twilio/quick-reply";
    return calls ? "twilio/call-to-action" : "twilio/text";
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

Draft draft_content(const Json& components, const std::string& category) {
    const Parts parts = sort_parts(components);
    if (upper(category) == "AUTHENTICATION") return draft_authentication(parts);
    if (parts.body.is_null()) cannot_make("the template has no body");
    Numbering numbering;
    Json content = Json::object();
    const std::string body = numbering.keep(parts.body.at("text").text(), parts.body["example"]);
    content.set("body", body);
    set_header(content, parts.header, numbering);
    if (!parts.footer.is_null()) content.set("footer", parts.footer.at("text").text());
    Json actions = Json::array();
    for (const Json& button : parts.buttons) actions.push_back(action_of(button, numbering));
    if (!actions.empty()) content.set("actions", actions);
    return {Json{{type_for(parts), content}}, numbering.take()};
}

}  // namespace twilio
