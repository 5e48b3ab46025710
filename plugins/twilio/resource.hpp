// The message resource: what Twilio answers to a send, and what it knows about a message later.
// https://www.twilio.com/docs/messaging/api/message-resource
#ifndef DAKIYA_TWILIO_RESOURCE_HPP
#define DAKIYA_TWILIO_RESOURCE_HPP

#include <optional>
#include <string_view>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace twilio {

// Twilio's word as ours; nothing for words that say nothing about an outbound message ("received").
std::optional<dakiya::Status> read_status(std::string_view word);

// The result of a send.
dakiya::Next read_answer(const dakiya::Send& in, const dakiya::Reply& reply);

// `settle`: by its id when we have one, else by address and time.
dakiya::Next settle(const Account& account, const dakiya::Turn& turn);

}  // namespace twilio

#endif
