#include "plugin/schema.hpp"

#include <algorithm>
#include <cmath>

#include "plugin/pattern.hpp"
#include "plugin/url.hpp"

namespace dakiya::plugin {
namespace {

constexpr std::size_t max_findings = 100;

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string join(std::string_view path, std::string_view field) {
    return path.empty() ? std::string(field) : std::string(path) + "." + std::string(field);
}

// Whether somebody@example.com could be one: not a proof that it exists (RFC 5321 4.5.3.1 for the lengths).
bool is_email(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
    std::string domain(text.substr(at + 1));
    std::transform(domain.begin(), domain.end(), domain.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const std::string_view local = text.substr(0, at);
    return domain.find('.') != std::string::npos && is_host_name(domain) &&
           std::none_of(local.begin(), local.end(), [](char c) { return (c >= 0 && c <= ' ') || c == '@'; });
}

// What x-show-if asks of the other fields; they count with their defaults.
bool is_shown(const Json& property, const Json& properties, const Json& object) {
    const Json* condition = property.find("x-show-if");
    if (!condition) return true;
    const auto& [name, wanted] = condition->members().front();
    const Json* given = object.find(name);
    return (given ? *given : properties[name]["default"]) == wanted;
}

class Validator {
public:
    std::vector<Error> findings;

    void check(const Json& schema, const Json& value, const std::string& path) {
        if (findings.size() >= max_findings) return;
        if (value.is_null() && schema.value("nullable", false)) return;
        const std::string type = schema.value("type", "");
        if (!check_type(type, value, path)) return;
        if (schema.contains("enum")) check_enum(schema["enum"], value, path);
        if (value.is_string()) check_text(schema, value.text(), path);
        if (value.is_number()) check_number(schema, value.number(), path);
        if (value.is_array()) check_array(schema, value, path);
        if (value.is_object()) check_object(schema, value, path);
    }

private:
    void add(const std::string& path, const std::string& rest) {
        if (findings.size() < max_findings)
            findings.push_back(invalid(path, (path.empty() ? "the document" : path) + " " + rest));
    }

    bool check_type(const std::string& type, const Json& value, const std::string& path) {
        struct Type {
            std::string_view word, means;
            bool (*is)(const Json&);
        };
        static constexpr Type types[] = {
            {"object", "an object", [](const Json& v) { return v.is_object(); }},
            {"array", "an array", [](const Json& v) { return v.is_array(); }},
            {"string", "text", [](const Json& v) { return v.is_string(); }},
            {"integer", "a whole number", [](const Json& v) { return v.is_integer(); }},
            {"number", "a number", [](const Json& v) { return v.is_number(); }},
            {"boolean", "true or false", [](const Json& v) { return v.is_bool(); }}};
        for (const Type& known : types)
            if (known.word == type && !known.is(value)) {
                const bool fraction = type == "integer" && value.is_number();
                add(path,
                    "must be " + std::string(known.means) +
                        (fraction ? ", found a fraction" : std::string(", found ") + value.type_name()));
                return false;
            }
        return true;
    }

    void check_enum(const Json& allowed, const Json& value, const std::string& path) {
        std::string words;
        for (const Json& one : allowed) {
            if (one == value) return;
            words += (words.empty() ? "" : ", ") + one.scalar();
        }
        add(path, "must be one of: " + words);
    }

    void check_text(const Json& schema, const std::string& text, const std::string& path) {
        if (text.find('\0') != std::string::npos) add(path, "must not contain the character U+0000");
        check_size(schema, "minLength", "maxLength", code_points(text), "characters", path);
        if (schema.contains("pattern")) {
            if (text.size() > max_matched)
                add(path, "must have at most " + std::to_string(max_matched) + " bytes");
            else if (!matches(schema.at("pattern").text(), text))
                add(path, "must match " + schema.at("pattern").text());
        }
        const std::string format = schema.value("format", "");
        if (format == "email" && !is_email(text)) add(path, "must be an e-mail address");
        if (format == "uri")
            if (const Result<Url> url = split_url(text); !url) add(path, url.error().text);
    }

    void check_number(const Json& schema, double number, const std::string& path) {
        if (const Json* least = schema.find("minimum"); least && number < least->number())
            add(path, "must be at least " + least->scalar());
        if (const Json* most = schema.find("maximum"); most && number > most->number())
            add(path, "must be at most " + most->scalar());
    }

    void check_array(const Json& schema, const Json& value, const std::string& path) {
        check_size(schema, "minItems", "maxItems", value.size(), "items", path);
        if (const Json* items = schema.find("items"))
            for (std::size_t i = 0; i < value.size() && findings.size() < max_findings; ++i)
                check(*items, value.at(i), path + "[" + std::to_string(i) + "]");
    }

    void check_object(const Json& schema, const Json& value, const std::string& path) {
        const Json& properties = schema["properties"];
        for (const Json& name : schema["required"])
            if (!value.contains(name.text()) && is_shown(properties[name.text()], properties, value))
                add(join(path, name.text()), "is missing");
        for (const auto& [name, member] : value.members()) {
            if (const Json* property = properties.find(name))
                check(*property, member, join(path, name));
            else
                check_additional(schema, name, member, path);
        }
    }

    void check_additional(const Json& schema, const std::string& name, const Json& value,
                          const std::string& path) {
        const Json& more = schema["additionalProperties"];
        if (more.is_object()) {
            check(more, value, join(path, name));
        } else if (more.is_bool() ? !more.boolean() : schema.contains("properties")) {
            add(join(path, name.substr(0, 64)), "is not known here; known are: " + known_fields(schema));
        }
    }

    static std::string known_fields(const Json& schema) {
        std::string names;
        if (const Json* properties = schema.find("properties"))
            for (const auto& [name, _] : properties->members()) names += (names.empty() ? "" : ", ") + name;
        return names.empty() ? "none" : names;
    }

    void check_size(const Json& schema, std::string_view least, std::string_view most, std::size_t size,
                    std::string_view unit, const std::string& path) {
        const auto count = static_cast<std::int64_t>(size);
        if (count < schema.value(least, 0))
            add(path, count == 0 && schema.value(least, 0) == 1
                          ? std::string("must not be empty")
                          : "must have at least " + schema.at(least).scalar() + " " + std::string(unit));
        if (const Json* bound = schema.find(most); bound && count > bound->integer())
            add(path, "must have at most " + bound->scalar() + " " + std::string(unit) + ", has " +
                          std::to_string(count));
    }
};

}  // namespace

std::vector<Error> validate(const Json& schema, const Json& value, std::string_view path) {
    Validator validator;
    validator.check(schema, value, std::string(path));
    return std::move(validator.findings);
}

Json with_defaults(const Json& schema, Json value) {
    if (value.is_object() && schema.contains("properties"))
        for (const auto& [name, property] : schema.at("properties").members()) {
            if (Json* given = value.find(name))
                *given = with_defaults(property, std::move(*given));
            else if (const Json* standard = property.find("default"))
                value.set(name, *standard);
        }
    if (value.is_array() && schema.contains("items"))
        for (Json& item : value.items()) item = with_defaults(schema.at("items"), std::move(item));
    return value;
}

std::vector<std::string> secret_fields(const Json& schema) {
    std::vector<std::string> names;
    if (const Json* properties = schema.find("properties"))
        for (const auto& [name, property] : properties->members())
            if (property.value("x-secret", false)) names.push_back(name);
    return names;
}

}  // namespace dakiya::plugin
