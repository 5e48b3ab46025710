// dakiya/phone.hpp - phone numbers as providers write them, and as they are written here.
#ifndef DAKIYA_PHONE_HPP
#define DAKIYA_PHONE_HPP

#include <string>
#include <string_view>

#include "dakiya/text.hpp"

namespace dakiya {

// "+919812345678" → "919812345678"; a text without "+" stays as it is.
inline std::string digits_of(std::string_view address) {
    return std::string(address.substr(starts_with(address, "+") ? 1 : 0));
}

// "919812345678" and "+919812345678" → "+919812345678"; "" for what has not 7 to 15 digits, such as the name
// of a sender.
inline std::string phone_of(std::string_view text) {
    const std::string digits = digits_of(text);
    const bool phone = is_digits(digits) && digits.size() >= 7 && digits.size() <= 15;
    return phone ? "+" + digits : std::string();
}

}  // namespace dakiya

#endif
