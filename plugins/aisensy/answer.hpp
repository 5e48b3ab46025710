// What AiSensy answers, and its errors in our classes.
//
// The Campaign API says {"success": "true", …} or {"message": "…"}; a 200 with success false is a failure.
// The Project API has Meta's shape, and {"message"}, {"error"} or {"errors": [{"message"}]} for refusals.
#ifndef DAKIYA_AISENSY_ANSWER_HPP
#define DAKIYA_AISENSY_ANSWER_HPP

#include <string>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace aisensy {

struct Answer {
    enum class Kind {
        done,     // 2xx with JSON that tells of no failure: `body`
        refused,  // certainly not done: `error`
        unclear   // nobody can say: `error`
    };
    Kind kind = Kind::unclear;
    dakiya::Json body;  // null when it is not JSON
    dakiya::Error error;
};

enum class Api { campaign, project };

Answer read_answer(const Account& account, Api api, const dakiya::Reply& reply);

// "success" is a text in the Campaign API, and a boolean for some accounts.
bool is_success(const dakiya::Json& body);

// The body of a call of the Project API that only reads. Throws Fault (BAD_REPLY) with explain().
dakiya::Json require_done(const Account& account, const dakiya::Reply& reply);

// What is wrong and what to do, for people.
std::string explain(Api api, const Answer& answer);

// Why a message failed after it was accepted: Meta's code, a number or a text, and its words.
dakiya::Error failure(const dakiya::Json& response);

}  // namespace aisensy

#endif
