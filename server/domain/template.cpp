#include "domain/template.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/placeholder.hpp"

namespace dakiya::domain {

namespace {

using Names = std::vector<std::string>;

bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void add(Names& names, std::string name) {
    if (!contains(names, name)) names.push_back(std::move(name));
}

// Providers write the types in capitals or not.
std::string word(const Json& json, std::string_view field) { return lower_ascii(json.value(field, "")); }

Result<void> read_header(const Json& header, Names& names) {
    const std::string format = word(header, "format");
    if (format == "image" || format == "video" || format == "document") {
        add(names, "header.url");
    } else if (format == "text" || format.empty()) {
        if (!placeholder_fields(header.value("text", "")).empty()) add(names, "header");
    } else {
        return Error{Code::unsupported, "templates with a header of format \"" + format + "\" cannot be sent",
                     ""};
    }
    return {};
}

// A coupon or one-time code is always asked for; a web address only when it ends in a variable, and what a
// tap brings back only when whoever entered the template by hand wants to choose it.
bool needs_value(const Json& button) {
    const std::string type = word(button, "type");
    if (type == "url") return !placeholder_fields(button.value("url", "")).empty();
    if (type == "quick_reply") return !placeholder_fields(button.value("payload", "")).empty();
    return type == "copy_code" || type == "otp";
}

Result<void> read_component(const Json& component, Names& names) {
    const std::string type = word(component, "type");
    if (type == "header") return read_header(component, names);
    if (type == "body") {
        for (auto& field : placeholder_fields(component.value("text", ""))) add(names, std::move(field));
    } else if (type == "buttons") {
        const auto& buttons = component.at("buttons").items();
        for (std::size_t i = 0; i < buttons.size(); ++i)
            if (needs_value(buttons[i])) add(names, "button." + std::to_string(i));
    } else if (type != "footer") {
        return Error{Code::unsupported, "templates with a component of type \"" + type + "\" cannot be sent",
                     ""};
    }
    return {};
}

bool allowed(const Names& needed, std::string_view name) {
    if (contains(needed, name)) return true;
    return contains(needed, "header.url") &&
           (name == "header.handle" || name == header_media || name == "header.filename");
}

bool given(const Content& content, const std::string& name) {
    if (content.variables.count(name) != 0) return true;
    return name == "header.url" &&
           content.variables.count("header.handle") + content.variables.count(header_media) > 0;
}

}  // namespace

Result<Names> template_variables(const Json& components) {
    Names names;
    try {
        for (const Json& component : components)
            if (const auto read = read_component(component, names); !read) return read.error();
    } catch (const JsonError& error) {
        return Error{Code::invalid, std::string("cannot read the template's components: ") + error.what(),
                     ""};
    }
    return names;
}

Result<void> check_variables(const Names& needed, const Content& content) {
    for (const std::string& name : needed)
        if (!given(content, name))
            return invalid("variables." + name,
                           "is missing: the template \"" + content.template_name + "\" needs a value for it");
    for (const auto& [name, text] : content.variables)
        if (!allowed(needed, name))
            return invalid("variables." + name,
                           "the template \"" + content.template_name + "\" has no such variable");
    return {};
}

}  // namespace dakiya::domain
