#include "domain/sms.hpp"

#include <string>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

// 3GPP TS 23.038 6.2.1, in the order of the table, without the escape.
constexpr std::u32string_view basic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
// 6.2.1.1: each costs an escape and a septet.
constexpr std::u32string_view extension = U"\f^{}\\[~]|€";
static_assert(basic.size() == 127 && extension.size() == 10);

struct Room {
    std::uint32_t single, each;  // units in the only part, and in each of several
};
constexpr Room room_of_septets{160, 153};
constexpr Room room_of_ucs2{70, 67};

bool contains(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }

std::u32string decode(std::string_view text) {
    std::u32string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        const auto c = take_code_point(text);
        if (!c) text.remove_prefix(1);
        decoded += c.value_or(U'\uFFFD');
    }
    return decoded;
}

Encoding encoding_of(std::u32string_view text) {
    for (const char32_t c : text)
        if (!contains(basic, c) && !contains(extension, c)) return Encoding::ucs2;
    return Encoding::gsm7;
}

// What one character takes, and what must stay in one part.
std::uint32_t units_of(char32_t c, Encoding encoding) {
    const bool two = encoding == Encoding::gsm7 ? contains(extension, c) : c > 0xFFFF;
    return two ? 2 : 1;
}

}  // namespace

SmsSize sms_size(std::string_view text) {
    const std::u32string characters = decode(text);
    SmsSize size;
    size.encoding = encoding_of(characters);
    const Room room = size.encoding == Encoding::gsm7 ? room_of_septets : room_of_ucs2;
    std::uint32_t used = 0;  // of the last part, if there are several
    for (const char32_t c : characters) {
        const std::uint32_t units = units_of(c, size.encoding);
        size.units += units;
        used += units;
        if (used > room.each) {
            ++size.parts;
            used = units;
        }
    }
    if (size.units <= room.single) size.parts = 1;
    return size;
}

std::string_view to_string(Encoding encoding) { return encoding == Encoding::gsm7 ? "gsm7" : "ucs2"; }

}  // namespace dakiya::domain
