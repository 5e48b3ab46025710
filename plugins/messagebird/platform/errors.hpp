// The Bird Platform's errors: {"error": {"type", "code", "name", "message", …}} of a call, and the codes of
// messages that failed later. https://github.com/messagebird/bird-sdk-typescript (errors.ts, types.gen.ts)
#ifndef DAKIYA_MESSAGEBIRD_PLATFORM_ERRORS_HPP
#define DAKIYA_MESSAGEBIRD_PLATFORM_ERRORS_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace messagebird::platform {

// What a refused call says; for a reply without a body, what its status says.
dakiya::Error call_error(const dakiya::Reply& reply);

// Why a message failed later: {"code", "description", "meta_error_code"}.
dakiya::Error message_error(const dakiya::Json& error);

// A refused call for people: what is wrong and what to do.
std::string explain(const dakiya::Reply& reply);

// Would the same call with the same Idempotency-Key help? Server faults, an answer that cannot be read, and a
// copy of this call that is still being worked on.
bool worth_repeating(const dakiya::Reply& reply);

}  // namespace messagebird::platform

#endif
