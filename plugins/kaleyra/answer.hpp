// What Kaleyra answers, and what its codes mean. Failures come beside 2xx too: an "error" that is not empty.
// https://developers.kaleyra.io/docs/whatsapp-error-codes, …/sms-status-and-status-trace-codes
#ifndef DAKIYA_KALEYRA_ANSWER_HPP
#define DAKIYA_KALEYRA_ANSWER_HPP

#include <optional>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"
#include "dakiya/reply.hpp"

namespace kaleyra {

// Nothing when the call succeeded; otherwise what it says, and whether nobody can tell what became of it.
struct Refusal {
    dakiya::Error error;
    bool unclear = false;
};
std::optional<Refusal> refusal_of(const dakiya::Reply& reply);

// A refused call for people: what is wrong and what to do.
std::string explain(const dakiya::Reply& reply);

// The document of a call that must have succeeded; throws Fault (BAD_REPLY) with explain().
const dakiya::Json& require_ok(const dakiya::Reply& reply);

// Why a message failed later. trace: "INVALID-SUB", "template details not found", a code of Meta or of DLT.
dakiya::Error failure_of(const std::string& status, const std::string& trace);

}  // namespace kaleyra

#endif
