// What WATI answers, and its errors in our classes.
//
// A 200 may mean failure: {"success": false, "error": "…"} in v3, {"result": false, "info": "…"} in the older
// generations. Refusals come as {"code": 400, "message": "…", "timestamp": "…"}, or as plain text (401).
// https://support.wati.io article 11463447 (common API errors)
#ifndef DAKIYA_WATI_ANSWER_HPP
#define DAKIYA_WATI_ANSWER_HPP

#include <string>

#include "dakiya/provider.hpp"

namespace wati {

// A reply by what it means for what was asked.
struct Answer {
    enum class Kind {
        done,     // `body` says that it was done
        refused,  // certainly not done: `error`
        unclear   // nobody can say: `error`
    };
    Kind kind = Kind::unclear;
    dakiya::Json body;  // null when it is not JSON
    dakiya::Error error;
};

Answer read_answer(const dakiya::Reply& reply);

// The body of a call that only reads. Throws Fault (BAD_REPLY) that says what is wrong and what to do.
dakiya::Json require_done(const dakiya::Reply& reply);

// What is wrong and what to do, for people.
std::string explain(const Answer& answer);

// A text of WATI (or of Meta, passed on) in our classes; `otherwise` when it says nothing known.
dakiya::Error error_of_words(const std::string& text, const char* otherwise);

// Why a message failed after it was accepted. `code` is Meta's number, as text; both may be empty.
dakiya::Error failure(const std::string& code, const std::string& text);

}  // namespace wati

#endif
