// Webhooks of a project: {"id", "topic", "delivery_attempt", "data": {"message": …}}.
#ifndef DAKIYA_AISENSY_EVENTS_HPP
#define DAKIYA_AISENSY_EVENTS_HPP

#include <optional>
#include <vector>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace aisensy {

// Throws Fault (REJECTED) when a shared secret is set and the signature is not made with it: HMAC-SHA256 over
// the raw body. Without one only the host's secret in the path protects.
void verify_signature(const Account& account, const dakiya::Inbound& in);

std::vector<dakiya::Event> read_webhook(const Account& account, const dakiya::Inbound& in);

// Of the message object in a webhook, and in the answer of GET /messages/{id}. Nothing for other states.
std::optional<dakiya::Event> status_event(const Account& account, const dakiya::Json& message);

}  // namespace aisensy

#endif
