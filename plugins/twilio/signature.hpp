// X-Twilio-Signature: is a webhook from Twilio? https://www.twilio.com/docs/usage/webhooks/webhooks-security
#ifndef DAKIYA_TWILIO_SIGNATURE_HPP
#define DAKIYA_TWILIO_SIGNATURE_HPP

#include <string_view>

#include "dakiya/http.hpp"

namespace twilio {

// Was it signed with this Auth Token? False for an empty token.
bool is_signed_with(std::string_view token, const dakiya::Inbound& in);

}  // namespace twilio

#endif
