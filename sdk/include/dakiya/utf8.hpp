// dakiya/utf8.hpp - is this text UTF-8?
#ifndef DAKIYA_UTF8_HPP
#define DAKIYA_UTF8_HPP

#include <cstdint>
#include <cstring>
#include <string_view>

namespace dakiya {

namespace detail {

// Length of the well-formed sequence that starts the text, which is not ASCII; 0 when there is none
// (Unicode 15, table 3-7).
inline std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    const std::uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < least || byte(1) > most) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    return size;
}

}  // namespace detail

// How many bytes from the front are well-formed: no overlong forms, no surrogates, at most U+10FFFF.
inline std::size_t utf8_size(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t eight = 0;
        if (text.size() - at >= sizeof eight) {  // most text is ASCII: eight bytes at a time
            std::memcpy(&eight, text.data() + at, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        const bool ascii = static_cast<signed char>(text[at]) >= 0;
        const std::size_t size = ascii ? 1 : detail::utf8_sequence(text.substr(at));
        if (size == 0) return at;
        at += size;
    }
    return at;
}

inline bool is_utf8(std::string_view text) { return utf8_size(text) == text.size(); }

}  // namespace dakiya

#endif
