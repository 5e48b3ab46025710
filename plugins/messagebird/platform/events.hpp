// Webhooks of the Bird Platform, signed as Standard Webhooks (https://www.standardwebhooks.com): the envelope
// is {type, timestamp, data}; deliveries are repeated under the same webhook-id and come in any order.
#ifndef DAKIYA_MESSAGEBIRD_PLATFORM_EVENTS_HPP
#define DAKIYA_MESSAGEBIRD_PLATFORM_EVENTS_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/provider.hpp"

namespace messagebird::platform {

// Throws Fault (REJECTED) unless it is signed with the secret ("whsec_…") within the last five minutes.
void require_signature(const std::string& secret, const dakiya::Inbound& in);

std::vector<dakiya::Event> parse_events(const dakiya::Inbound& in);

// Of an event's last word, or of a message read back. "accepted" means that Bird has it: for us it went out.
std::optional<dakiya::Status> status_of(std::string_view word);

}  // namespace messagebird::platform

#endif
