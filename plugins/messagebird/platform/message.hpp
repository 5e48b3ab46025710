// One message as the Bird Platform takes it. Throws Refused when it would not.
#ifndef DAKIYA_MESSAGEBIRD_PLATFORM_MESSAGE_HPP
#define DAKIYA_MESSAGEBIRD_PLATFORM_MESSAGE_HPP

#include "dakiya/provider.hpp"
#include "platform/account.hpp"

namespace messagebird::platform {

// POST /v1/sms/messages, and an item of POST /v1/sms/batches.
dakiya::Json sms_message(const Account& account, const dakiya::Send& in, const dakiya::Recipient& to);

// POST /v1/whatsapp/messages.
dakiya::Json whatsapp_message(const Account& account, const dakiya::Send& in, const dakiya::Recipient& to);

}  // namespace messagebird::platform

#endif
