// What Gupshup's WhatsApp APIs answer, and the codes of their failed events, in our classes.
// https://docs.gupshup.io/docs/error-and-status-messages
#ifndef DAKIYA_GUPSHUP_ANSWER_HPP
#define DAKIYA_GUPSHUP_ANSWER_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace gupshup {

// The result of the one recipient of a call. Accepted is not sent yet: closed windows, opted-out people and
// numbers without WhatsApp come as events only.
dakiya::Next read_answer(const dakiya::Reply& reply);

// A call that failed, as a record's error and as a sentence for people: what is wrong and what to do.
dakiya::Error error_of(const dakiya::Reply& reply);
std::string explain(const dakiya::Reply& reply);

// The body of a call that succeeded. Throws Fault (BAD_REPLY) with explain() when it did not.
const dakiya::Json& require_success(const dakiya::Reply& reply);

// Of a failed event. The text varies, so only the code decides.
dakiya::Error event_error(std::int64_t code, const std::string& reason);

}  // namespace gupshup

#endif
