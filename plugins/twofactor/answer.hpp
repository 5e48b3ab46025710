// What 2Factor says about a call: {"Status":"Success","Details":…}. Failures come as HTTP 200 and as 4xx with
// the same JSON, so the body is always read.
#ifndef DAKIYA_TWOFACTOR_ANSWER_HPP
#define DAKIYA_TWOFACTOR_ANSWER_HPP

#include <string>

#include "account.hpp"

namespace twofactor {

struct Answer {
    enum class Kind {
        accepted,  // Details is in `details`
        refused,   // nothing was done
        unclear,   // nobody knows whether it was done
    };
    Kind kind = Kind::unclear;
    std::string details;
    dakiya::Error error;
};

Answer read_answer(const Account& account, const dakiya::Reply& reply);

// The class for 2Factor's words; its texts are not a published list, so by keyword.
dakiya::Error classify(std::string text);

}  // namespace twofactor

#endif
