// Webhooks: delivery reports and incoming messages, both as forms.
// https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
// https://www.twilio.com/docs/messaging/guides/webhook-request
#ifndef DAKIYA_TWILIO_EVENTS_HPP
#define DAKIYA_TWILIO_EVENTS_HPP

#include <vector>

#include "dakiya/provider.hpp"

namespace twilio {

std::vector<dakiya::Event> parse_events(const dakiya::Inbound& in);

}  // namespace twilio

#endif
