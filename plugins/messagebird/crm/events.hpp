// Webhooks of Bird CRM: {service, event, payload}, one message each.
// https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions
#ifndef DAKIYA_MESSAGEBIRD_CRM_EVENTS_HPP
#define DAKIYA_MESSAGEBIRD_CRM_EVENTS_HPP

#include <string>
#include <vector>

#include "dakiya/provider.hpp"

namespace messagebird::crm {

// Throws Fault (REJECTED) unless it is signed with the key over the full address and the body. Bird repeats a
// delivery for up to a day with its first time and signature, so a narrow window would lose real messages:
// two days are accepted, and repeats are told by their dedupe text.
// https://docs.bird.com/api/notifications-api/api-reference/verifying-a-webhook-subscription
void require_signature(const std::string& key, const dakiya::Inbound& in);

std::vector<dakiya::Event> parse_events(const dakiya::Inbound& in);

}  // namespace messagebird::crm

#endif
