// Sending through the old APIs: one SMS, or one WhatsApp message over Conversations.
#ifndef DAKIYA_MESSAGEBIRD_LEGACY_SEND_HPP
#define DAKIYA_MESSAGEBIRD_LEGACY_SEND_HPP

#include <optional>
#include <string_view>

#include "dakiya/provider.hpp"
#include "legacy/account.hpp"

namespace messagebird::legacy {

dakiya::Next send(const Account& account, const dakiya::Send& in, const dakiya::Turn& turn);

// {"content": …, "type": …} of POST /v1/send. Throws Refused.
dakiya::Json whatsapp_content(const Account& account, const dakiya::Send& in, const dakiya::Recipient& to);

// Words of an SMS, and of a WhatsApp message; nothing for those that do not tell of delivery.
std::optional<dakiya::Status> sms_status(std::string_view word);
std::optional<dakiya::Status> whatsapp_status(std::string_view word);

// The item of an SMS whose number that is, or null. Numbers are JSON integers there.
const dakiya::Json* item_of(const dakiya::Json& message, const std::string& address);
dakiya::Price price_of(const dakiya::Json& item);

}  // namespace messagebird::legacy

#endif
