// dakiya/encoding.hpp - bytes as text: base64 (RFC 4648 4 and 5) and hex.
#ifndef DAKIYA_ENCODING_HPP
#define DAKIYA_ENCODING_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dakiya {

namespace detail {

inline std::string encode64(std::string_view data, std::string_view alphabet, bool padded) {
    std::string text;
    text.reserve((data.size() + 2) / 3 * 4);
    std::uint32_t window = 0;
    int bits = 0;
    for (const char c : data) {
        window = window << 8 | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 6; bits -= 6) text += alphabet[window >> (bits - 6) & 63];
    }
    if (bits) text += alphabet[window << (6 - bits) & 63];
    while (padded && text.size() % 4) text += '=';
    return text;
}

inline int value64(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

inline int value16(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace detail

inline std::string base64(std::string_view data) {
    return detail::encode64(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true);
}

// For tokens and URLs: '-' and '_', no padding.
inline std::string base64url(std::string_view data) {
    return detail::encode64(data, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);
}

// In lines of 76 characters, as mails have it (RFC 2045 6.8).
inline std::string base64_lines(std::string_view data) {
    constexpr std::size_t line = 57;
    std::string text;
    text.reserve(data.size() / line * 78 + 80);
    for (; !data.empty(); data.remove_prefix(data.size() < line ? data.size() : line))
        text.append(base64(data.substr(0, line))).append("\r\n");
    return text;
}

// Reads both alphabets, with or without padding; nothing when the text is not base64.
inline std::optional<std::string> unbase64(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    if (text.size() % 4 == 1) return std::nullopt;
    std::string data;
    data.reserve(text.size() * 3 / 4);
    std::uint32_t window = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = detail::value64(c);
        if (value < 0) return std::nullopt;
        window = window << 6 | static_cast<std::uint32_t>(value);
        if ((bits += 6) >= 8) data += static_cast<char>(window >> (bits -= 8) & 255);
    }
    return data;
}

// Lower case.
inline std::string hex(std::string_view data) {
    std::string text;
    text.reserve(data.size() * 2);
    for (const char c : data) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        text += "0123456789abcdef"[c & 15];
    }
    return text;
}

// Either case; nothing when the text is not hex.
inline std::optional<std::string> unhex(std::string_view text) {
    if (text.size() % 2) return std::nullopt;
    std::string data;
    data.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = detail::value16(text[i]), low = detail::value16(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        data += static_cast<char>(high << 4 | low);
    }
    return data;
}

}  // namespace dakiya

#endif
