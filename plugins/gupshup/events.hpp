// Webhooks. Nothing is signed: the host checks the secret in their address. Three families come to one
// address: WhatsApp v2 (Gupshup's envelope), WhatsApp v3 (Meta's, with gs_id beside id) and SMS
// (sms_reports.hpp). https://docs.gupshup.io/docs/webhooks-2, https://docs.gupshup.io/docs/message-events
#ifndef DAKIYA_GUPSHUP_EVENTS_HPP
#define DAKIYA_GUPSHUP_EVENTS_HPP

#include <vector>

#include "account.hpp"

namespace gupshup {

// One event for each thing in the request. Throws JsonError when it is none of the known forms.
std::vector<dakiya::Event> read_webhook(const Account& account, const dakiya::Inbound& in);

}  // namespace gupshup

#endif
