// What MessageBird's error codes mean: of a call ({"errors": [{code, description, parameter}]}), of an SMS
// report (statusErrorCode), of a WhatsApp message (error.code).
#ifndef DAKIYA_MESSAGEBIRD_LEGACY_ERRORS_HPP
#define DAKIYA_MESSAGEBIRD_LEGACY_ERRORS_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace messagebird::legacy {

// A refused call; decided by the code, whose HTTP status is not dependable.
dakiya::Error call_error(const dakiya::Reply& reply);
std::string explain(const dakiya::Reply& reply);

// status: "delivery_failed" or "expired".
dakiya::Error sms_error(const std::string& status, const std::string& code, const std::string& reason);

// error: {"code", "description"} or null.
dakiya::Error whatsapp_error(const std::string& status, const dakiya::Json& error);

}  // namespace messagebird::legacy

#endif
