// One message of the Channels API: what goes out, what comes back, and what a failure means.
// https://docs.bird.com/api/channels-api/message-status-and-interactions
#ifndef DAKIYA_MESSAGEBIRD_CRM_MESSAGE_HPP
#define DAKIYA_MESSAGEBIRD_CRM_MESSAGE_HPP

#include <optional>
#include <string_view>

#include "crm/account.hpp"
#include "dakiya/provider.hpp"

namespace messagebird::crm {

dakiya::Next send(const Account& account, const dakiya::Send& in, const dakiya::Turn& turn);

// "accepted" … "skipped"; nothing for a word that says nothing about delivery.
std::optional<dakiya::Status> status_of(std::string_view word);

// Of a message that did not arrive: its "failure" and "reason".
dakiya::Error message_error(const dakiya::Json& message);

// A refused call: its class, and as a sentence for people.
dakiya::Error call_error(const dakiya::Reply& reply);
std::string explain(const dakiya::Reply& reply);

}  // namespace messagebird::crm

#endif
