#include "mail.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "dakiya/encoding.hpp"
#include "dakiya/text.hpp"
#include "dakiya/utf8.hpp"

namespace smtp {

using dakiya::lower;
using dakiya::trimmed;

namespace {

constexpr int deepest = 10;
constexpr int most_parts = 100;

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

std::string unquoted_printable(std::string_view text, bool word) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (word && text[i] == '_') {
            out += ' ';
        } else if (text[i] != '=') {
            out += text[i];
        } else if (const auto byte =
                       i + 2 < text.size() ? dakiya::unhex(text.substr(i + 1, 2)) : std::nullopt) {
            out += *byte;
            i += 2;
        } else {  // a soft line break, with blanks before its end or without
            std::size_t end = i + 1;
            while (end < text.size() && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r')) ++end;
            if (end < text.size() && text[end] == '\n')
                i = end;
            else
                out += '=';
        }
    }
    return out;
}

std::string from_base64(std::string_view text) {
    std::string clean;
    for (const char c : text)
        if (dakiya::detail::value64(c) >= 0) clean += c;
    clean.resize(clean.size() - (clean.size() % 4 == 1 ? 1 : 0));
    return dakiya::unbase64(clean).value_or("");
}

// Latin-1, and Windows-1252 where it agrees; everything else only as far as it is ASCII.
std::string to_utf8(std::string text, std::string_view charset) {
    if (dakiya::is_utf8(text)) return text;
    const bool latin = charset == "iso-8859-1" || charset == "windows-1252" || charset == "latin1";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            out += c;
        else if (latin && byte >= 0xA0)
            out.append({static_cast<char>(0xC0U | byte >> 6U), static_cast<char>(0x80U | (byte & 0x3FU))});
        else
            out += '?';
    }
    return out;
}

struct Reader {
    int left = most_parts;

    Part read(std::string_view text, int depth) {
        Part part;
        part.header = Fields::take(text);
        part.body = text;
        const std::string content_type = part.header.value("content-type");
        part.type = content_type.empty() ? "text/plain" : media_type(content_type);
        --left;
        if (depth == deepest) return part;
        const std::string boundary = parameter(content_type, "boundary");
        if (part.type.rfind("multipart/", 0) == 0 && !boundary.empty()) read_parts(part, boundary, depth);
        if (part.type == "message/rfc822" && left > 0) part.parts.push_back(read(text, depth + 1));
        return part;
    }

    // RFC 2046 5.1.1: the boundary stands at a line's beginning after "--".
    void read_parts(Part& part, const std::string& boundary, int depth) {
        const std::string mark = "--" + boundary;
        std::string_view rest = part.body;
        std::optional<std::size_t> begin;
        while (!rest.empty() && left > 0) {
            const std::size_t at = part.body.size() - rest.size();
            const std::string_view line = take_line(rest);
            if (line.substr(0, mark.size()) != mark) continue;
            if (begin) part.parts.push_back(read(part.body.substr(*begin, at - *begin), depth + 1));
            if (line.substr(mark.size(), 2) == "--") return;
            begin = part.body.size() - rest.size();
        }
        if (begin && left > 0) part.parts.push_back(read(part.body.substr(*begin), depth + 1));  // cut short
    }
};

}  // namespace

Fields Fields::take(std::string_view& text) {
    Fields out;
    while (!text.empty()) {
        const std::string_view before = text, line = take_line(text);
        if (line.empty()) return out;
        if (line.front() == ' ' || line.front() == '\t') {
            if (!out.fields_.empty()) out.fields_.back().second.append(" ").append(trimmed(line));
            continue;
        }
        const std::size_t colon = line.find(':');
        if (colon == line.npos) {
            if (out.fields_.empty() && line.substr(0, 5) == "From ")
                continue;   // of a mailbox file, or a pipe
            text = before;  // no header field: the body has begun
            return out;
        }
        out.fields_.emplace_back(lower(std::string(trimmed(line.substr(0, colon)))),
                                 std::string(trimmed(line.substr(colon + 1))));
    }
    return out;
}

std::string Fields::value(std::string_view name) const {
    for (const auto& field : fields_)
        if (field.first == name) return field.second;
    return {};
}

std::string media_type(std::string_view value) {
    return lower(std::string(trimmed(value.substr(0, value.find(';')))));
}

std::string parameter(std::string_view value, std::string_view name) {
    for (std::size_t at = value.find(';'); at != value.npos; at = value.find(';', at)) {
        value.remove_prefix(at + 1);
        at = 0;
        const std::size_t equals = value.find('=');
        if (equals == value.npos) return {};
        const bool wanted = lower(std::string(trimmed(value.substr(0, equals)))) == name;
        std::string_view rest = trimmed(value.substr(equals + 1));
        const bool quoted = !rest.empty() && rest.front() == '"';
        if (quoted) rest.remove_prefix(1);
        const std::string_view found = rest.substr(0, rest.find_first_of(quoted ? "\"" : "; \t"));
        if (wanted) return std::string(found);
        if (quoted) value = rest.substr(std::min(found.size() + 1, rest.size()));
    }
    return {};
}

std::string Part::text() const {
    const std::string encoding = lower(header.value("content-transfer-encoding"));
    std::string bytes = encoding == "base64"             ? from_base64(body)
                        : encoding == "quoted-printable" ? unquoted_printable(body, false)
                                                         : std::string(body);
    return to_utf8(std::move(bytes), lower(parameter(header.value("content-type"), "charset")));
}

const Part* Part::find(std::string_view wanted) const {
    if (type == wanted) return this;
    for (const Part& part : parts)
        if (const Part* found = part.find(wanted)) return found;
    return nullptr;
}

Part read_mail(std::string_view text) { return Reader().read(text, 0); }

std::string decoded(std::string_view field) {
    std::string out;
    bool after_word = false;  // blanks between two encoded words do not count
    while (!field.empty()) {
        const std::size_t open = field.find("=?");
        const std::size_t charset_end = open == field.npos ? open : field.find('?', open + 2);
        const std::size_t close = charset_end == field.npos ? charset_end : field.find("?=", charset_end + 3);
        if (close == field.npos) break;
        const std::string_view before = field.substr(0, open);
        if (!after_word || !trimmed(before).empty()) out += before;
        const std::string charset = lower(std::string(field.substr(open + 2, charset_end - open - 2)));
        const char encoding = field[charset_end + 1];
        const std::string_view coded = field.substr(charset_end + 3, close - charset_end - 3);
        const bool base64 = encoding == 'B' || encoding == 'b';
        out += to_utf8(base64 ? from_base64(coded) : unquoted_printable(coded, true), charset);
        field.remove_prefix(close + 2);
        after_word = true;
    }
    return to_utf8(out.append(field), "");
}

std::string address_in(std::string_view field) {
    const std::size_t open = field.rfind('<');
    if (open != field.npos) field = field.substr(open + 1, field.find('>', open) - open - 1);
    field = trimmed(field);
    const bool plausible = field.find('@') != field.npos && field.size() <= 190 &&
                           field.find_first_of(" \t<>,;\"") == field.npos && dakiya::is_utf8(field);
    return plausible ? std::string(field) : std::string();
}

// "Sat, 21 Nov 2026 10:15:02 +0530 (IST)"
std::int64_t read_date(std::string_view field) {
    constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (const std::size_t comma = field.find(','); comma != field.npos) field.remove_prefix(comma + 1);
    std::array<std::string, 5> words;  // day month year time zone
    for (std::string& word : words) {
        field = trimmed(field);
        word = lower(std::string(field.substr(0, field.find_first_of(" \t"))));
        field.remove_prefix(word.size());
    }
    const auto number = [](std::string_view text) -> std::int64_t {
        std::int64_t value = -1;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        return read.ec == std::errc() && read.ptr == text.data() + text.size() ? value : -1;
    };
    const std::int64_t day = number(words[0]), year = number(words[2]);
    const std::size_t month_at = words[1].size() == 3 ? names.find(words[1]) : names.npos;
    const std::string& clock = words[3];
    if (day < 1 || day > 31 || year < 1970 || year > 9999 || month_at % 3 != 0 || month_at >= names.size() ||
        clock.size() < 5)
        return 0;
    const std::int64_t hours = number(clock.substr(0, 2)), minutes = number(clock.substr(3, 2));
    const std::int64_t seconds = clock.size() >= 8 ? number(clock.substr(6, 2)) : 0;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return 0;
    std::int64_t offset = 0;  // minutes; unknown zones count as UTC
    if (words[4].size() == 5 && (words[4][0] == '+' || words[4][0] == '-')) {
        const std::int64_t zone = number(std::string_view(words[4]).substr(1));
        if (zone >= 0) offset = (zone / 100 * 60 + zone % 100) * (words[4][0] == '-' ? -1 : 1);
    }
    // http://howardhinnant.github.io/date_algorithms.html#days_from_civil
    const auto month = static_cast<std::int64_t>(month_at / 3) + 1;
    const std::int64_t y = year - (month <= 2 ? 1 : 0), era = y / 400, of_era = y - era * 400;
    const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return ((days * 24 + hours) * 60 + minutes - offset) * 60'000 + seconds * 1000;
}

}  // namespace smtp
