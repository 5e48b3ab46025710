// check_schema: is the schema itself sound? Its author learns at load, not when a tenant fills in a form.
#include <algorithm>
#include <array>

#include "plugin/pattern.hpp"
#include "plugin/schema.hpp"

namespace dakiya::plugin {
namespace {

using Check = bool (*)(const Json&);

bool is_text(const Json& v) { return v.is_string(); }
bool is_name(const Json& v) { return v.is_string() && !v.text().empty(); }
bool is_flag(const Json& v) { return v.is_bool(); }
bool is_number(const Json& v) { return v.is_number(); }
bool is_any(const Json&) { return true; }
bool is_object(const Json& v) { return v.is_object(); }
bool is_schema_or_flag(const Json& v) { return v.is_object() || v.is_bool(); }
bool is_count(const Json& v) { return v.is_integer() && v.number() >= 0 && v.number() <= 1'000'000'000; }
bool is_positive(const Json& v) { return is_count(v) && v.integer() > 0; }
bool is_random_size(const Json& v) { return is_count(v) && v.integer() >= 16 && v.integer() <= 128; }
bool is_variable(const Json& v) {
    const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return is_name(v) && std::all_of(v.text().begin(), v.text().end(), allowed);
}
bool is_one_equality(const Json& v) { return v.is_object() && v.size() == 1; }
bool is_choice(const Json& v) {
    return v.is_array() && !v.empty() && std::all_of(v.begin(), v.end(), [](const Json& one) {
               return !one.is_array() && !one.is_object();
           });
}
bool is_names(const Json& v) { return v.is_array() && std::all_of(v.begin(), v.end(), is_name); }
bool is_type(const Json& v) {
    static constexpr std::array words{"object", "array", "string", "integer", "number", "boolean"};
    return v.is_string() && std::find(words.begin(), words.end(), v.text()) != words.end();
}
bool is_format(const Json& v) { return v.is_string() && (v.text() == "uri" || v.text() == "email"); }

struct Keyword {
    std::string_view name;
    std::string_view type;  // of the schemas that may have it; empty: any, "root": the outermost object
    std::string_view must;  // be
    Check check;
};

// "number" keywords are for integers too.
constexpr Keyword keywords[] = {
    {"type", "", "one of object, array, string, integer, number, boolean", is_type},
    {"title", "", "text", is_text},
    {"description", "", "text", is_text},
    {"default", "", "a value", is_any},
    {"enum", "", "an array of one or more texts, numbers or booleans", is_choice},
    {"nullable", "", "true or false", is_flag},
    {"minLength", "string", "a whole number from 0", is_count},
    {"maxLength", "string", "a whole number from 1", is_positive},
    {"pattern", "string", "text", is_text},
    {"format", "string", "uri or email", is_format},
    {"minimum", "number", "a number", is_number},
    {"maximum", "number", "a number", is_number},
    {"items", "array", "a schema", is_object},
    {"minItems", "array", "a whole number from 0", is_count},
    {"maxItems", "array", "a whole number from 1", is_positive},
    {"properties", "object", "an object of schemas", is_object},
    {"required", "object", "an array of field names", is_names},
    {"additionalProperties", "object", "true, false or a schema", is_schema_or_flag},
    {"version", "root", "a whole number from 1", is_positive},
    {"x-secret", "string", "true or false", is_flag},
    {"x-generate", "string", "a number of characters from 16 to 128", is_random_size},
    {"x-order", "", "a whole number from 0", is_count},
    {"x-group", "", "text", is_name},
    {"x-show-if", "", "an object with one field name and the value that it must have", is_one_equality},
    {"x-options", "", "the name of an operation", is_name},
    {"x-technical", "", "text", is_name},
    {"x-env", "string", "the name of an environment variable: A-Z, 0-9 and _", is_variable}};

class Checker {
public:
    std::optional<Error> error;  // the first one

    void check(const Json& schema, const std::string& path, bool root) {
        if (!schema.is_object()) return fail(path, "must be a schema (an object)");
        for (const auto& [name, value] : schema.members()) check_keyword(schema, name, value, path, root);
        if (error) return;
        if (!schema.contains("type")) return fail(path, "has no \"type\"");
        if (const Json* pattern = schema.find("pattern"))
            if (const Result<void> sound = check_pattern(pattern->text()); !sound)
                return fail(at(path, "pattern"), sound.error().text);
        check_order(schema, path, "minLength", "maxLength");
        check_order(schema, path, "minItems", "maxItems");
        check_order(schema, path, "minimum", "maximum");
        check_children(schema, path);
        check_default(schema, path);
    }

private:
    static std::string at(const std::string& path, std::string_view name) {
        return path.empty() ? std::string(name) : path + "." + std::string(name);
    }
    void fail(const std::string& path, const std::string& rest) {
        if (!error) error = invalid(path, (path.empty() ? "the schema" : path) + " " + rest);
    }

    void check_keyword(const Json& schema, const std::string& name, const Json& value,
                       const std::string& path, bool root) {
        const auto* known = std::find_if(std::begin(keywords), std::end(keywords),
                                         [&](const Keyword& k) { return k.name == name; });
        if (known == std::end(keywords))
            return fail(at(path, name.substr(0, 64)), "is not a keyword that this server knows");
        if (!known->check(value)) return fail(at(path, name), "must be " + std::string(known->must));
        const Json& type = schema["type"];
        if (!type.is_string() || known->type.empty()) return;
        if (known->type == "root") {
            if (!root) fail(at(path, name), "belongs to the outermost object only");
        } else if (known->type != type.text() && !(known->type == "number" && type.text() == "integer")) {
            fail(at(path, name), "does not belong to type " + type.text());
        }
    }

    void check_order(const Json& schema, const std::string& path, std::string_view least,
                     std::string_view most) {
        const Json *low = schema.find(least), *high = schema.find(most);
        if (low && high && low->number() > high->number())
            fail(at(path, least), "is more than " + std::string(most));
    }

    void check_children(const Json& schema, const std::string& path) {
        if (const Json* items = schema.find("items")) check(*items, at(path, "items"), false);
        if (schema["additionalProperties"].is_object())
            check(schema["additionalProperties"], at(path, "additionalProperties"), false);
        const Json* properties = schema.find("properties");
        if (properties)
            for (const auto& [name, property] : properties->members()) {
                const std::string place = at(path, "properties." + name);
                check(property, place, false);
                if (error) return;
                if (const Json* condition = property.find("x-show-if"))
                    if (const std::string& other = condition->members().front().first;
                        other == name || !properties->contains(other))
                        fail(at(place, "x-show-if"), "names \"" + other + "\", which is not another field");
            }
        for (const Json& name : schema["required"])
            if (!properties || !properties->contains(name.text()))
                fail(at(path, "required"),
                     "names \"" + name.text() + "\", which is not among the properties");
    }

    void check_default(const Json& schema, const std::string& path) {
        if (error || !schema.contains("default")) return;
        if (schema.value("x-secret", false)) return fail(at(path, "default"), "would make a secret public");
        if (const auto findings = validate(schema, schema.at("default"), at(path, "default"));
            !findings.empty())
            error = findings.front();
    }
};

}  // namespace

Result<void> check_schema(const Json& schema) {
    Checker checker;
    checker.check(schema, {}, true);
    if (checker.error) return *checker.error;
    return {};
}

}  // namespace dakiya::plugin
