// How long a text is as an SMS: in the GSM-7 alphabet if all of its characters are there, else in UCS-2.
// 3GPP TS 23.038, sections 6.2.1 and 6.2.1.1.
#ifndef DAKIYA_MESSAGEBIRD_GSM_HPP
#define DAKIYA_MESSAGEBIRD_GSM_HPP

#include <optional>
#include <string_view>

#include "common.hpp"

namespace messagebird {

namespace detail {

// 1 or 2 septets for the character that starts the text, 0 when the alphabet does not have it. `size`: its
// bytes.
inline std::size_t septets(std::string_view character) {
    constexpr std::string_view others = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
    if (character.size() > 1) return character == "€" ? 2 : others.find(character) != others.npos ? 1 : 0;
    const char c = character.front();
    if (std::string_view("^{}\\[~]|\f").find(c) != std::string_view::npos) return 2;
    return c == '\n' || c == '\r' || (c >= ' ' && c < 0x7F && c != '`') ? 1 : 0;
}

inline std::optional<std::size_t> gsm_size(std::string_view utf8) {
    std::size_t size = 0;
    while (!utf8.empty()) {
        std::size_t bytes = 1;
        while (bytes < utf8.size() && (static_cast<unsigned char>(utf8[bytes]) & 0xC0U) == 0x80U) ++bytes;
        const std::size_t needed = septets(utf8.substr(0, bytes));
        if (needed == 0) return std::nullopt;
        size += needed;
        utf8.remove_prefix(bytes);
    }
    return size;
}

}  // namespace detail

// The parts that the text is cut into.
inline std::size_t sms_parts(std::string_view utf8) {
    const auto gsm = detail::gsm_size(utf8);
    const std::size_t size = gsm ? *gsm : utf16_size(utf8);
    const std::size_t alone = gsm ? 160 : 70, part = gsm ? 153 : 67;
    return size <= alone ? 1 : (size + part - 1) / part;
}

}  // namespace messagebird

#endif
