#include "domain/placeholder.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

constexpr std::size_t longest_field = 64;  // bytes, the width of an attribute's name

// One placeholder and the plain text before it.
struct Piece {
    std::string_view plain;
    std::string_view written;  // "{{name|there}}"; empty: only the plain text at the end
    std::string_view field;
    std::optional<std::string_view> fallback;
};

struct Scan {
    std::vector<Piece> pieces;
    std::string problem;  // the first thing that is wrong, in words; what is wrong counts as plain text
};

// inside: what stands between {{ and }}. Returns what is wrong with it, or nothing.
std::string read_inside(std::string_view inside, Piece& piece) {
    if (inside.find_first_of("{}") != std::string_view::npos)
        return "has a brace inside a placeholder: write {{field}} or {{field|fallback}}";
    const auto bar = inside.find('|');
    piece.field = trim(inside.substr(0, bar));
    if (piece.field.empty()) return "has a placeholder without a field: write {{field}}";
    if (piece.field.size() > longest_field) return "has a placeholder with a field of over 64 bytes";
    if (bar == std::string_view::npos) return {};
    piece.fallback = trim(inside.substr(bar + 1));
    if (piece.fallback->empty())
        return "has an empty fallback: write a word after the | in {{" + std::string(piece.field) +
               "|…}}, or leave the | out";
    return {};
}

enum class Language { text, html };

Scan scan(std::string_view text, Language language = Language::text) {
    Scan result;
    const auto note = [&](std::string problem) {
        if (result.problem.empty()) result.problem = std::move(problem);
    };
    std::size_t plain = 0;  // where the plain text before the next placeholder begins
    std::size_t at = 0;
    while (true) {
        const auto open = text.find("{{", at);
        if (language == Language::text &&
            text.substr(at, open == std::string_view::npos ? open : open - at).find("}}") !=
                std::string_view::npos)
            note("has }} without {{ before it");
        if (open == std::string_view::npos) break;
        const auto close = text.find("}}", open + 2);
        if (close == std::string_view::npos) {
            note("has {{ without }} after it");
            break;
        }
        Piece piece;
        if (auto problem = read_inside(text.substr(open + 2, close - open - 2), piece); !problem.empty()) {
            note(std::move(problem));
            at = open + 2;
            continue;
        }
        at = close + 2;
        piece.plain = text.substr(plain, open - plain);
        piece.written = text.substr(open, at - open);
        result.pieces.push_back(piece);
        plain = at;
    }
    result.pieces.push_back({text.substr(plain), {}, {}, {}});
    return result;
}

// Every text inside a value, depth first.
void each_text(const Json& json, const std::function<void(const std::string&)>& visit) {
    if (json.is_string()) visit(json.text());
    if (json.is_array())
        for (const Json& item : json.items()) each_text(item, visit);
    if (json.is_object())
        for (const auto& member : json.members()) each_text(member.second, visit);
}

std::string first_word(std::string_view name) {
    name = trim(name);
    return std::string(name.substr(0, name.find_first_of(" \t")));
}

std::string attribute(const Json* attributes, std::string_view field) {
    const Json* found = attributes ? attributes->find(field) : nullptr;
    if (!found || found->is_array() || found->is_object()) return {};
    return found->scalar();
}

// The person's value of a field, or nothing when it is not there or blank.
std::optional<std::string> value_of(const Person& person, std::string_view field) {
    const auto read = [&]() -> std::string {
        if (field == "name") return person.name;
        if (field == "first_name") return first_word(person.name);
        if (field == "phone") return person.phone;
        if (field == "email") return person.email;
        return attribute(person.attributes, field);
    };
    std::string value(trim(read()));
    if (value.empty()) return std::nullopt;
    return value;
}

Error missing(std::string_view field) {
    return {Code::invalid, "there is no value for {{" + std::string(field) + "}}, and it has no fallback",
            std::string(field)};
}

Result<std::string> fill(std::string_view pattern, const Person& person) {
    std::string text;
    for (const Piece& piece : scan(pattern).pieces) {
        text += piece.plain;
        if (piece.written.empty()) continue;
        if (const auto value = value_of(person, piece.field))
            text += *value;
        else if (piece.fallback)
            text += *piece.fallback;
        else
            return missing(piece.field);
    }
    return text;
}

Result<Json> resolve_variables(const Content& content, const Person& person) {
    Json params = Json::object();
    for (const auto& [variable, pattern] : content.variables) {
        if (variable == header_media) continue;  // the same for everybody: send/media_content puts it in
        auto text = fill(pattern, person);
        if (!text) return text.error();
        params.set(variable, std::move(*text));
    }
    return params;
}

// Adds the values that the pattern uses; returns the first field that has neither value nor fallback.
std::optional<Error> add_values(std::string_view pattern, const Person& person, Json& params) {
    for (const Piece& piece : scan(pattern).pieces) {
        if (piece.written.empty() || params.contains(piece.field)) continue;
        if (auto value = value_of(person, piece.field))
            params.set(piece.field, std::move(*value));
        else if (!piece.fallback)
            return missing(piece.field);
    }
    return std::nullopt;
}

Result<Json> resolve_fields(const Content& content, const Person& person) {
    Json params = Json::object();
    std::optional<Error> error;
    const auto visit = [&](const std::string& pattern) {
        if (!error) error = add_values(pattern, person, params);
    };
    visit(content.text);
    for (const Json* body :
         {&content.email, &content.media, &content.interactive, &content.location, &content.contacts})
        each_text(*body, visit);
    if (error) return *error;
    return params;
}

// `encode` makes a value or a fallback fit for where it stands.
template <class Encode>
std::string render(std::string_view pattern, const Json& params, Encode&& encode) {
    std::string text;
    for (const Piece& piece : scan(pattern).pieces) {
        text += piece.plain;
        if (const std::string value = attribute(&params, piece.field); !value.empty())
            text += encode(value);
        else if (piece.fallback)
            text += encode(*piece.fallback);
        else
            text += piece.written;
    }
    return text;
}

std::string html_escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string in_one_line(std::string_view value) {
    std::string out(value);
    for (char& c : out)
        if (c >= 0 && c < ' ') c = ' ';
    return out;
}

}  // namespace

Result<void> check_placeholders(std::string_view text, std::string_view path) {
    const Scan result = scan(text);
    if (result.problem.empty()) return {};
    return invalid(std::string(path), "the text " + result.problem);
}

Result<void> check_html_placeholders(std::string_view html, std::string_view path) {
    const Scan result = scan(html, Language::html);
    if (result.problem.empty()) return {};
    return invalid(std::string(path), "the HTML " + result.problem);
}

std::vector<std::string> placeholder_fields(std::string_view text) {
    std::vector<std::string> fields;
    for (const Piece& piece : scan(text).pieces)
        if (!piece.written.empty() && std::find(fields.begin(), fields.end(), piece.field) == fields.end())
            fields.emplace_back(piece.field);
    return fields;
}

Result<Json> resolve(const Content& content, const Person& person) {
    auto params =
        content.kind == "template" ? resolve_variables(content, person) : resolve_fields(content, person);
    if (params && params->dump().size() > limit::content)
        return Error{Code::too_large,
                     "the values for this person are over " + std::to_string(limit::content) + " bytes", ""};
    return params;
}

std::string render_text(std::string_view pattern, const Json& params) {
    return render(pattern, params, [](std::string_view value) { return std::string(value); });
}

Json render_email(const Json& email, const Json& params) {
    Json rendered = render_json(email, params);
    rendered.set("subject", render(email.at("subject").text(), params, in_one_line));
    if (const Json* html = email.find("html"))
        rendered.set("html", render(html->text(), params, html_escaped));
    return rendered;
}

Json render_json(const Json& pattern, const Json& params) {
    Json rendered = pattern;
    if (pattern.is_string()) rendered = Json(render_text(pattern.text(), params));
    if (pattern.is_array())
        for (Json& item : rendered.items()) item = render_json(item, params);
    if (pattern.is_object())
        for (auto& member : rendered.members()) member.second = render_json(member.second, params);
    return rendered;
}

}  // namespace dakiya::domain
