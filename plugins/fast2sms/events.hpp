// Webhooks. Nothing in them is signed. SMS reports have the JSON that the account's owner pasted into the
// panel; WhatsApp's come as Meta wrote them ("META DIRECT") or in Fast2SMS's own, older form.
// https://docs.fast2sms.com/reference/sms-webhook
#ifndef DAKIYA_FAST2SMS_EVENTS_HPP
#define DAKIYA_FAST2SMS_EVENTS_HPP

#include <vector>

#include "account.hpp"

namespace fast2sms {

// One event for each thing in the request. Throws JsonError when it is not one of the known forms.
std::vector<dakiya::Event> read_webhook(const dakiya::Inbound& in);

}  // namespace fast2sms

#endif
