// Events that are not about a message of ours: what people write to us, what they wish, what the provider
// says of templates and senders.
#pragma once

#include "receive/apply.hpp"

namespace dakiya::receive {

// Stores the message once (by the provider's id) and obeys STOP and START at once.
void receive_message(store::Session& session, const Incoming& incoming, std::int64_t now_ms);
// A wish that the provider itself passes on: "stop" or "start".
void obey_consent(store::Session& session, const Incoming& incoming, std::int64_t now_ms);
// The provider says how many people the business may write to first in 24 hours (domain/people_limit).
void note_limit(store::Session& session, const Incoming& incoming, std::int64_t now_ms);
void note_template(store::Session& session, const Incoming& incoming, std::int64_t now_ms);

}  // namespace dakiya::receive
