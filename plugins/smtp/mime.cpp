#include "mime.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "dakiya/encoding.hpp"
#include "dakiya/form.hpp"

namespace smtp::mime {

namespace {

constexpr std::size_t line_length = 76;  // RFC 2045 6.7 and 6.8

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string without_controls(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if ((c >= 0 && c < ' ') || c == 0x7F) c = ' ';
    return out;
}

// The length of the UTF-8 character that begins at `at`.
std::size_t character(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    return end - at;
}

// RFC 2047 2: each encoded word at most 75 characters long, no character cut in two.
std::vector<std::string> encoded_words(std::string_view text) {
    constexpr std::size_t most = 42;  // bytes; 56 in base64, 68 with what stands around
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t size = 0;
        while (at + size < text.size() && size + character(text, at + size) <= most)
            size += character(text, at + size);
        if (size == 0) size = std::min(most, text.size() - at);  // not UTF-8 at all
        words.push_back("=?UTF-8?B?" + dakiya::base64(text.substr(at, size)) + "?=");
        at += size;
    }
    return words;
}

// RFC 5322 2.2.3: lines break before a blank.
std::string folded(std::string line, const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        if (line.size() + 1 + word.size() > line_length && line.size() > 1 && line.back() != ':') {
            out += line + "\r\n";
            line.clear();
        }
        line += ' ' + word;
    }
    return out + line + "\r\n";
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// What cannot be read as it is: other than ASCII, a look-alike of an encoded word, a word that no line holds.
std::vector<std::string> unstructured(std::string_view raw) {
    const std::string text = without_controls(raw);
    std::vector<std::string> words = split_words(text);
    const bool plain =
        is_ascii(text) && text.find("=?") == std::string::npos && text.find("  ") == std::string::npos &&
        !text.empty() && text.front() != ' ' && text.back() != ' ' &&
        std::all_of(words.begin(), words.end(), [](const std::string& word) { return word.size() < 70; });
    return plain ? words : encoded_words(text);
}

// RFC 5322 3.2.4
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

bool is_atoms(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view(" !#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
    });
}

// `; filename="a.pdf"`, or with RFC 2231's form beside a readable one when it is not ASCII.
std::string filename_parameter(std::string_view name) {
    const std::string clean = without_controls(name);
    if (is_ascii(clean) && clean.size() <= 60) return ";\r\n filename=" + quoted(clean);
    std::string fallback;
    for (std::size_t at = 0; at < clean.size(); at += character(clean, at))
        fallback += static_cast<unsigned char>(clean[at]) < 0x80 ? clean[at] : '_';
    if (fallback.size() > 60) fallback = fallback.substr(fallback.size() - 60);  // its end says what it is
    std::string out = ";\r\n filename=" + quoted(fallback);
    // RFC 2231 3: long values in numbered sections.
    const std::string coded = "UTF-8''" + dakiya::percent(clean);
    int section = 0;
    for (std::size_t at = 0; at < coded.size(); ++section) {
        std::size_t size = std::min<std::size_t>(55, coded.size() - at);
        while (at + size < coded.size() && (coded[at + size - 1] == '%' || coded[at + size - 2] == '%'))
            --size;
        const bool whole = coded.size() <= 55;
        out +=
            ";\r\n filename*" + (whole ? "" : std::to_string(section) + "*") + "=" + coded.substr(at, size);
        at += size;
    }
    return out;
}

// As it may stand: ASCII, no long lines, nothing that a server on the way might trim or take for a boundary.
bool goes_as_it_is(std::string_view text) {
    if (!is_ascii(text) || text.find("=_") != text.npos || text.find('\r') != text.npos) return false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        if (line.size() > line_length) return false;
        if (!line.empty() && (line.back() == ' ' || line.back() == '\t')) return false;
        if (line.substr(0, 5) == "From ") return false;
        for (const char c : line)
            if (c < ' ' && c != '\t') return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

std::string with_line_ends(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        if (text[i] == '\n' || text[i] == '\r')
            out += "\r\n";
        else
            out += text[i];
    }
    return out;
}

}  // namespace

std::string field(std::string_view name, std::string_view value) {
    return folded(std::string(name) + ":", unstructured(value));
}

std::string address_field(std::string_view name, std::string_view display, std::string_view address) {
    const std::string clean = without_controls(display);
    std::vector<std::string> words;
    if (!clean.empty() && is_atoms(clean) && clean.find("=?") == std::string::npos)
        words = split_words(clean);
    else if (!clean.empty() && is_ascii(clean) && clean.size() <= 60 && clean.find("=?") == std::string::npos)
        words.push_back(quoted(clean));
    else if (!clean.empty())
        words = encoded_words(clean);
    words.push_back(words.empty() ? std::string(address) : "<" + std::string(address) + ">");
    return folded(std::string(name) + ":", words);
}

std::string date(std::int64_t unix_ms) {
    // http://howardhinnant.github.io/date_algorithms.html#civil_from_days
    const std::int64_t seconds = unix_ms / 1000;
    const std::int64_t days = seconds / 86400;
    const std::int64_t shifted = days + 719468, era = shifted / 146097, of_era = shifted % 146097;
    const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_index = (5 * of_year + 2) / 153;
    const auto day = static_cast<int>(of_year - (153 * month_index + 2) / 5 + 1);
    const auto month = static_cast<std::size_t>(month_index < 10 ? month_index + 2 : month_index - 10);
    const auto year = static_cast<int>(year_of_era + era * 400 + (month < 2 ? 1 : 0));
    constexpr std::array<const char*, 7> day_names{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    constexpr std::array<const char*, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto of_day = static_cast<int>(seconds % 86400);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0000",
                  day_names[static_cast<std::size_t>(days % 7)], day, month_names[month], year, of_day / 3600,
                  of_day / 60 % 60, of_day % 60);
    return text;
}

std::string quoted_printable(std::string_view raw) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const std::string text = with_line_ends(raw);
    std::string out, line;
    const auto end_line = [&](std::string_view end) {
        out.append(line).append(end);
        line.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r') {
            end_line("\r\n");
            ++i;
            continue;
        }
        const bool line_ends = i + 1 == text.size() || text[i + 1] == '\r';
        const bool blank = (c == ' ' || c == '\t') && !line_ends;
        // "From " at a line's beginning is changed by some mailboxes.
        const bool safe = (c > ' ' && c <= '~' && c != '=' && !(c == 'F' && line.empty())) || blank;
        const std::size_t width = safe ? 1 : 3;
        if (line.size() + width > line_length - 1) end_line("=\r\n");
        if (safe) {
            line += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            line += {'=', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return out + line;
}

Pieces text_part(std::string_view subtype, std::string_view text) {
    std::string part = "Content-Type: text/" + std::string(subtype) + "; charset=utf-8\r\n";
    const auto foreign = static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    if (goes_as_it_is(text))
        part += "Content-Transfer-Encoding: 7bit\r\n\r\n" + with_line_ends(text) + "\r\n";
    else if (foreign * 3 > text.size())
        part += "Content-Transfer-Encoding: base64\r\n\r\n" + dakiya::base64_lines(with_line_ends(text));
    else
        part += "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(text) + "\r\n";
    return {{std::move(part), {}}};
}

Pieces file_part(const File& file) {
    std::string head = "Content-Type: " + without_controls(file.type) + "\r\n";
    head += std::string("Content-Disposition: ") + (file.cid.empty() ? "attachment" : "inline") +
            filename_parameter(file.filename) + "\r\n";
    if (!file.cid.empty()) head += "Content-ID: <" + file.cid + ">\r\n";
    head += "Content-Transfer-Encoding: base64\r\n\r\n";
    if (!file.url.empty()) return {{std::move(head), {}}, {{}, file.url}};
    for (std::size_t at = 0; at < file.data.size(); at += line_length)
        head.append(file.data, at, line_length).append("\r\n");
    return {{std::move(head), {}}};
}

Pieces multipart(std::string_view subtype, std::string_view boundary, const std::vector<Pieces>& parts) {
    const std::string mark(boundary);
    Pieces out{
        {"Content-Type: multipart/" + std::string(subtype) + ";\r\n boundary=\"" + mark + "\"\r\n\r\n", {}}};
    for (const Pieces& part : parts) {
        out.push_back({"--" + mark + "\r\n", {}});
        out.insert(out.end(), part.begin(), part.end());
        out.push_back({"\r\n", {}});
    }
    out.push_back({"--" + mark + "--\r\n", {}});
    return out;
}

std::string boundary(int level, std::string_view ref) {
    return "=_" + std::to_string(level) + "_" + std::string(ref.substr(0, 40));
}

}  // namespace smtp::mime
