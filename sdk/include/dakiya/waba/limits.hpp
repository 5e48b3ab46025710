// dakiya/waba/limits.hpp - checks that Meta would make anyway, made before anything is sent.
#ifndef DAKIYA_WABA_LIMITS_HPP
#define DAKIYA_WABA_LIMITS_HPP

#include <string>
#include <string_view>
#include <utility>

#include "dakiya/event.hpp"
#include "dakiya/host.hpp"
#include "dakiya/json.hpp"
#include "dakiya/text.hpp"

namespace dakiya::waba {

// This message cannot go out as it is: catch it in send() and report error() as failed. The code stays empty
// because it is not the provider's.
class Refused : public Fault {
public:
    explicit Refused(const std::string& text, std::string cls = "content")
        : Fault(DK_BAD_INPUT, text), cls_(std::move(cls)) {}
    Error error() const { return {cls_, "", what()}; }

private:
    std::string cls_;
};

using dakiya::characters;
using dakiya::is_digits;
using dakiya::lower;  // Meta's words are in capitals, ours are not

inline void at_most(std::size_t limit, std::string_view text, std::string_view what) {
    if (text.size() <= limit) return;  // never more characters than bytes
    if (const std::size_t count = characters(text); count > limit)
        throw Refused(std::string(what) + " has " + std::to_string(count) + " characters; WhatsApp allows " +
                      std::to_string(limit));
}

inline void from_one_to(std::size_t limit, std::string_view text, std::string_view what) {
    if (text.empty()) throw Refused(std::string(what) + " is empty");
    at_most(limit, text, what);
}

// "US.13491208655302741918": the id of a person within one business, for those who hide their number.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
inline bool is_user_id(std::string_view address) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    return address.size() > 3 && upper(address[0]) && upper(address[1]) && address[2] == '.';
}

// "+" and 7 to 15 digits. Without the "+" Meta would put the business's own country code in front and the
// message might reach a stranger.
inline bool is_phone(std::string_view address) {
    return address.size() >= 8 && address.size() <= 16 && address[0] == '+' && is_digits(address.substr(1));
}

// The text of a member, or "" when it is missing or something else. Lives as long as the object.
inline std::string_view text_of(const Json& object, std::string_view key) {
    const Json& member = object[key];
    return member.is_string() ? std::string_view(member.text()) : std::string_view();
}

}  // namespace dakiya::waba

#endif
