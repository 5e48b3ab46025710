// Sending through the Bird Platform: one call, or one batch of SMS, repeated under one Idempotency-Key.
#ifndef DAKIYA_MESSAGEBIRD_PLATFORM_SEND_HPP
#define DAKIYA_MESSAGEBIRD_PLATFORM_SEND_HPP

#include "dakiya/provider.hpp"
#include "platform/account.hpp"

namespace messagebird::platform {

dakiya::Next send(const Account& account, const dakiya::Send& in, const dakiya::Turn& turn);

// "cost" and "segments" of a message or an event.
dakiya::Price price_of(const dakiya::Json& message);

}  // namespace messagebird::platform

#endif
