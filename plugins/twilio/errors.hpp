// Twilio's error codes in our classes, and the two shapes in which an API refusal is told.
// https://www.twilio.com/docs/api/errors
#ifndef DAKIYA_TWILIO_ERRORS_HPP
#define DAKIYA_TWILIO_ERRORS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace twilio {

// For a code that Twilio gave for a message to `address`. `text` is Twilio's own; when it is empty ours
// stands in. Nothing when the code is not in the table.
std::optional<dakiya::Error> known_error(std::int64_t code, std::string text, std::string_view address);

// The same for any code: one that is not in the table is `other`.
dakiya::Error message_error(std::int64_t code, const std::string& text, std::string_view address);

// What a refused call says, from its code, else from its HTTP status.
dakiya::Error reply_error(const dakiya::Reply& reply, std::string_view address = {});

// A refused call as a sentence for people: what is wrong and what to do.
std::string explain(const dakiya::Reply& reply);

// The reply's document. Throws Fault (BAD_REPLY) with explain() unless the call succeeded: a list that
// ended early must not look like a complete one.
const dakiya::Json& require_ok(const dakiya::Reply& reply);

}  // namespace twilio

#endif
