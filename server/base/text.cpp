#include "base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace dakiya {

namespace {

constexpr std::string_view white_space = " \t\r\n\v\f";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// How the first byte of a code point reads: bytes in all, its own bits, and the smallest value that
// needs that many bytes (anything below is an overlong form). RFC 3629.
struct Lead {
    std::size_t bytes;
    std::uint32_t bits;
    std::uint32_t smallest;
};

std::optional<Lead> read_lead(char byte) {
    const auto b = static_cast<unsigned char>(byte);
    if (b < 0x80U) return Lead{1, b, 0};
    if ((b & 0xE0U) == 0xC0U) return Lead{2, b & 0x1FU, 0x80};
    if ((b & 0xF0U) == 0xE0U) return Lead{3, b & 0x0FU, 0x800};
    if ((b & 0xF8U) == 0xF0U) return Lead{4, b & 0x07U, 0x10000};
    return std::nullopt;
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) {
    if (rest.empty()) return std::nullopt;
    const auto lead = read_lead(rest[0]);
    if (!lead || rest.size() < lead->bytes) return std::nullopt;
    std::uint32_t value = lead->bits;
    for (std::size_t i = 1; i < lead->bytes; ++i) {
        if (!continues(rest[i])) return std::nullopt;
        value = (value << 6U) | (static_cast<unsigned char>(rest[i]) & 0x3FU);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < lead->smallest || surrogate || value > 0x10FFFF) return std::nullopt;
    rest.remove_prefix(lead->bytes);
    return static_cast<char32_t>(value);
}

void append_utf8(std::string& text, char32_t code_point) {
    const auto value = static_cast<std::uint32_t>(code_point);
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | ((value >> shift) & 0x3FU)); };
    if (value < 0x80) {
        text += static_cast<char>(value);
    } else if (value < 0x800) {
        text += static_cast<char>(0xC0U | (value >> 6U));
        tail(0);
    } else if (value < 0x10000) {
        text += static_cast<char>(0xE0U | (value >> 12U));
        tail(6), tail(0);
    } else {
        text += static_cast<char>(0xF0U | (value >> 18U));
        tail(12), tail(6), tail(0);
    }
}

bool valid_utf8(std::string_view text) {
    while (take_code_point(text)) {
    }
    return text.empty();
}

std::size_t utf8_length(std::string_view text) {
    std::size_t length = 0;
    for (; !text.empty(); ++length)
        if (!take_code_point(text)) text.remove_prefix(1);
    return length;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text;
    std::size_t end = max_bytes;
    // A code point has at most three continuation bytes; a longer run is not UTF-8 and may be cut anywhere.
    for (int back = 0; back < 3 && end > 0 && continues(text[end]); ++back) --end;
    return text.substr(0, continues(text[end]) ? max_bytes : end);
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

}  // namespace dakiya
