#include "api/input.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/text.hpp"
#include "plugin/schema.hpp"

namespace dakiya::api {

namespace {

// One parameter's text as its schema's type; text that does not fit stays text, and validation names it.
Json typed(const Json& schema, const std::string& text) {
    const std::string& type = schema.at("type").text();
    if (type == "integer") {
        std::int64_t number = 0;
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (fault == std::errc() && end == text.data() + text.size()) return Json(number);
    }
    if (type == "boolean" && (text == "true" || text == "false")) return Json(text == "true");
    return Json(text);
}

// Databases and C libraries end a text at a NUL: what follows would be lost in silence.
bool has_nul(const Json& value) {
    if (value.is_string()) return value.text().find('\0') != std::string::npos;
    if (value.is_array())
        for (const Json& item : value.items())
            if (has_nul(item)) return true;
    if (value.is_object())
        for (const auto& [name, member] : value.members())
            if (name.find('\0') != std::string::npos || has_nul(member)) return true;
    return false;
}

bool is_json(std::string_view content_type) {
    const std::string type = lower_ascii(trim(content_type.substr(0, content_type.find(';'))));
    return type.empty() || type == "application/json" ||
           (type.size() > 5 && type.compare(type.size() - 5, 5, "+json") == 0);
}

BadSyntax malformed(std::string text) { return {400, "malformed", invalid("", std::move(text))}; }

}  // namespace

std::variant<Json, Findings> read_query(const Request& request, const Json& schema) {
    Json query = Json::object();
    const Json& properties = schema["properties"];
    for (const auto& [name, text] : request.query) {
        if (!valid_utf8(name) || !valid_utf8(text) || text.find('\0') != std::string::npos)
            return Findings{invalid("query", "the query of the URL must be UTF-8 without NUL characters")};
        if (query.contains(name))
            return Findings{invalid("query." + name, "the query names \"" + name + "\" twice")};
        const Json* property = properties.find(name);
        if (!property)
            return Findings{invalid("query." + name,
                                    "there is no query parameter \"" + name + "\" here; see /openapi.json")};
        query.set(name, typed(*property, text));
    }
    if (schema.is_null()) return query;
    if (Findings findings = plugin::validate(schema, query, "query"); !findings.empty()) return findings;
    return query;
}

void load_body(Request& request) {
    if (!request.file) return;
    std::ifstream file(request.file->path(), std::ios::binary);
    request.body.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) throw std::runtime_error("cannot read " + request.file->path());
    request.file.reset();
}

std::variant<Json, Findings, BadSyntax> read_body(Request& request, const Route& route) {
    if (route.body_kind == BodyKind::raw) return Json();
    load_body(request);
    const bool wanted = route.body_kind == BodyKind::json;
    if (trim(request.body).empty()) {
        if (!wanted) return Json();
        return malformed("this request needs a JSON body; see /openapi.json");
    }
    if (!is_json(request.header("content-type")))
        return BadSyntax{
            415,
            "unsupported_media_type",
            {Code::unsupported, "send the body as JSON with Content-Type: application/json", ""}};
    Json body;
    try {
        body = Json::parse(request.body);
    } catch (const JsonError& error) {
        return malformed(error.what());
    }
    if (has_nul(body)) return malformed("the body holds a NUL character (\\u0000), which no text here may");
    if (!wanted) {
        if (body.is_object() && body.empty()) return Json();
        return Findings{invalid("", "this request takes no body")};
    }
    if (Findings findings = plugin::validate(route.body, body); !findings.empty()) return findings;
    return body;
}

}  // namespace dakiya::api
