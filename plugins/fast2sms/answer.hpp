// What Fast2SMS answers, and its errors in our classes.
//
// The body decides: failures were seen with HTTP 200 as well as 400 and 401, and the `status_code` in a body
// is no HTTP status (500 there is a permanent refusal by DLT).
// https://docs.fast2sms.com/reference/error-code-list
#ifndef DAKIYA_FAST2SMS_ANSWER_HPP
#define DAKIYA_FAST2SMS_ANSWER_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace fast2sms {

struct Answer {
    enum class Kind {
        accepted,  // `id` is the request id, one for the whole call
        refused,   // certainly not executed: `error`
        unclear    // nobody can say what happened: `error`
    };
    Kind kind;
    std::string id;
    dakiya::Error error;
};

// The answer to a send, of SMS or of WhatsApp.
Answer read_answer(const dakiya::Reply& reply);

// The body of a call that succeeded. Throws Fault (BAD_REPLY) with explain() when it did not: a list that
// ended early must not look like a complete one.
const dakiya::Json& require_success(const dakiya::Reply& reply);

// Did the call succeed, by its HTTP status and by `return`, `success` or `status` in its body?
bool succeeded(const dakiya::Reply& reply);

// A call that failed, as a record's error and as a sentence for people: what is wrong and what to do.
dakiya::Error error_of(const dakiya::Reply& reply);
std::string explain(const dakiya::Reply& reply);

// Why an SMS failed after it had been accepted, from the report's own words.
dakiya::Error sms_failure(const std::string& reason);

}  // namespace fast2sms

#endif
