#include "fields.hpp"

#include <algorithm>

#include "answer.hpp"
#include "dakiya/waba/limits.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::size_t skip_spaces(std::string_view text, std::size_t at) {
    while (at < text.size() && is_space(text[at])) ++at;
    return at;
}

// The end of `"name" :` that begins there, or npos when there is no name.
std::size_t after_name(std::string_view text, std::size_t at, std::string& name) {
    if (at >= text.size() || text[at] != '"') return text.npos;
    const std::size_t end = text.find('"', at + 1);
    if (end == text.npos) return text.npos;
    const std::string_view found = text.substr(at + 1, end - at - 1);
    const bool plain = !found.empty() && found.find_first_not_of(
                                             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                             "0123456789_") == found.npos;
    const std::size_t colon = skip_spaces(text, end + 1);
    if (!plain || colon >= text.size() || text[colon] != ':') return text.npos;
    name = found;
    return skip_spaces(text, colon + 1);
}

// Where a text value ends: at a quote that is followed by the end of the object, or by another name.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    for (std::size_t quote = text.find('"', at); quote != text.npos; quote = text.find('"', quote + 1)) {
        const std::size_t next = skip_spaces(text, quote + 1);
        std::string name;
        if (next < text.size() && text[next] == '}' && skip_spaces(text, next + 1) == text.size())
            return quote;
        if (next < text.size() && text[next] == ',' &&
            after_name(text, skip_spaces(text, next + 1), name) != text.npos)
            return quote;
    }
    return text.npos;
}

}  // namespace

Form lenient_fields(std::string_view text) {
    Form fields;
    std::size_t at = skip_spaces(text, 0);
    if (at >= text.size() || text[at] != '{') throw JsonError("the callback's body is no JSON object");
    at = skip_spaces(text, at + 1);
    while (at < text.size() && text[at] != '}') {
        std::string name;
        at = after_name(text, at, name);
        if (at == text.npos) throw JsonError("the callback's body cannot be read");
        std::size_t end = 0;
        if (at < text.size() && text[at] == '"') {
            end = end_of_value(text, ++at);
            if (end == text.npos) throw JsonError("a value of the callback's body does not end");
            fields.add(waba::lower(name), std::string(text.substr(at, end - at)));
            ++end;
        } else {
            end = std::min(text.find_first_of(",}", at), text.size());
            std::string_view value = text.substr(at, end - at);
            while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
            if (value != "null") fields.add(waba::lower(name), std::string(value));
        }
        at = skip_spaces(text, end);
        if (at < text.size() && text[at] == ',') at = skip_spaces(text, at + 1);
    }
    if (!is_utf8(text)) throw JsonError("the callback's body is not UTF-8");
    return fields;
}

Form fields_of(const Inbound& in) {
    const std::size_t start = skip_spaces(in.body(), 0);
    const bool query = in.method() == "GET" || start == in.body().size();
    if (query || in.body()[start] != '{') {
        Form fields;
        const Form sent = query ? query_of(in.url()) : in.form();
        for (const auto& [name, value] : sent.fields())
            if (is_utf8(name) && is_utf8(value)) fields.add(waba::lower(name), value);
        return fields;
    }
    Json body;
    try {
        body = Json::parse(in.body());
    } catch (const JsonError&) {
        return lenient_fields(in.body());
    }
    Form fields;
    for (const auto& [name, value] : body.members())
        if (value.is_string() || value.is_number()) fields.add(waba::lower(name), value.scalar());
    return fields;
}

std::string first_of(const Form& fields, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const std::string value = fields.value(name);
        const bool placeholder = value.size() > 2 && value.front() == '<' && value.back() == '>';
        if (!value.empty() && !placeholder) return value;
    }
    return {};
}

}  // namespace kaleyra
