// How an SMS travels: character set and number of parts (3GPP TS 23.038 and 23.040).
#pragma once

#include <cstdint>
#include <string_view>

namespace dakiya::domain {

enum class Encoding : std::uint8_t { gsm7, ucs2 };

struct SmsSize {
    Encoding encoding = Encoding::gsm7;
    std::uint32_t units = 0;  // septets, or UTF-16 code units
    std::uint32_t parts = 1;  // an empty text is one part
};

// One part holds 160 septets or 70 units; each of several 153 or 67, because the concatenation header
// takes 6 octets. Neither an escape pair nor a surrogate pair is cut in two, so parts may be more than
// units / 153. Bytes that are not UTF-8 count as U+FFFD.
SmsSize sms_size(std::string_view text);

std::string_view to_string(Encoding encoding);  // "gsm7", "ucs2"

}  // namespace dakiya::domain
