#include "draft.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "text.hpp"

namespace twilio {

using namespace dakiya;

namespace {

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
