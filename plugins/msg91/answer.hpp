// What MSG91 answers, and its errors in our classes.
//
// A call succeeded only when the HTTP status is 2xx and the body says so: failures arrive as HTTP 200 too.
// Shapes: {"type":"success|error","message","code"}, {"msg_type","msg"} and, of WhatsApp,
// {"status":"success","hasError":false,"errors","request_id"}.
// The numbers are of the older API (its list is kept in github.com/tesark/msg91-php, MSG91DOC.md); v5 mostly
// uses words, so the number decides first, then the words.
#ifndef DAKIYA_MSG91_ANSWER_HPP
#define DAKIYA_MSG91_ANSWER_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace msg91 {

struct Answer {
    enum class Kind {
        accepted,   // `id` is the request id of the call
        refused,    // certainly not executed: `error`
        duplicate,  // 311: the same request came within 10 seconds; the first one was accepted
        unclear     // nobody can say what happened: `error`
    };
    Kind kind;
    std::string id;
    dakiya::Error error;
};

// The answer to a send. `now_ms` is for errors that tell when to try again.
Answer read_answer(const dakiya::Reply& reply, std::int64_t now_ms);

// Did the call succeed, by status and by the word "success" in its body?
bool succeeded(const dakiya::Reply& reply);

// The same for calls whose body may be bare data: it is JSON and does not tell of a failure.
bool readable(const dakiya::Reply& reply);

// The body of a readable reply. Throws Fault (BAD_REPLY) with explain() when it is not: a list that ended
// early must not look like a complete one.
const dakiya::Json& require_readable(const dakiya::Reply& reply);

// A call that failed, as a record's error and as a sentence for people: what is wrong and what to do.
dakiya::Error error_of(const dakiya::Reply& reply, std::int64_t now_ms = 0);
std::string explain(const dakiya::Reply& reply);

// Why a message failed after it had been accepted, of a delivery report. `code` is the report's status for
// SMS (2 failed, 9 DND, 16 and 25 rejected, 17 blocked, or a word) or empty; `reason` is MSG91's text.
dakiya::Error sms_failure(const std::string& code, const std::string& reason);
dakiya::Error whatsapp_failure(const std::string& reason);

}  // namespace msg91

#endif
