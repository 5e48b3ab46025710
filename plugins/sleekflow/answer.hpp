// SleekFlow's message object: the answer to a send, an item of a conversation. Its states and failures.
#ifndef DAKIYA_SLEEKFLOW_ANSWER_HPP
#define DAKIYA_SLEEKFLOW_ANSWER_HPP

#include <optional>
#include <string>
#include <string_view>

#include "account.hpp"
#include "dakiya/event.hpp"
#include "dakiya/json.hpp"
#include "dakiya/provider.hpp"

namespace sleekflow {

// What the server keeps of a message: the conversation is needed to ask for it later.
// "5b1e…" and "123456789" → "5b1e…/123456789"; without a conversation only the second.
std::string message_id(const std::string& conversation, const std::string& id);

// Nothing for words that are on the way ("Sending", "Scheduled") or not known.
std::optional<dakiya::Status> status_of(std::string_view word);

// Why the channel refused a message, whatever the HTTP status was; nothing when it did not. The state, its
// text and metadata.errors all count.
std::optional<dakiya::Error> refusal_of(const dakiya::Json& message);

// The result of one send.
dakiya::Next read_answer(const Account& account, const dakiya::Reply& reply);

}  // namespace sleekflow

#endif
