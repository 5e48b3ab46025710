#include "api/paging.hpp"

#include <optional>

#include "base/id.hpp"
#include "base/text.hpp"

namespace dakiya::api {

namespace {

constexpr std::string_view number_prefix = "cur";
constexpr std::string_view words_prefix = "cur.";
constexpr std::string_view digits = "0123456789abcdef";

std::optional<std::string> from_hex(std::string_view text) {
    std::string out;
    if (text.empty() || text.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const std::size_t high = digits.find(text[i]), low = digits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    if (!valid_utf8(out) || out.find('\0') != std::string::npos) return std::nullopt;
    return out;
}

}  // namespace

Result<Page> page_of(const Json& query, Cursor kind) {
    Page page;
    page.limit = static_cast<int>(query.value("limit", page.limit));
    const std::string cursor = query.value("cursor", "");
    if (cursor.empty()) return page;
    if (kind == Cursor::number) {
        if (const auto position = parse_id(number_prefix, cursor)) {
            page.from = *position;
            return page;
        }
    } else if (cursor.compare(0, words_prefix.size(), words_prefix) == 0) {
        if (auto words = from_hex(std::string_view(cursor).substr(words_prefix.size()))) {
            page.after = *std::move(words);
            return page;
        }
    }
    return invalid("query.cursor",
                   "that is not a cursor of this list; use the `next` of the page before, unchanged");
}

std::string cursor_of(std::int64_t position) { return format_id(number_prefix, position); }

std::string cursor_of(std::string_view words) {
    std::string cursor(words_prefix);
    for (const char c : words) {
        cursor += digits[static_cast<unsigned char>(c) >> 4U];
        cursor += digits[static_cast<unsigned char>(c) & 15U];
    }
    return cursor;
}

}  // namespace dakiya::api
