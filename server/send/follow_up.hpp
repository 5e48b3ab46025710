// What may follow the end of an attempt, beside a retry: the next step of its route, or a second sending of
// a message of which nobody can say whether it was sent.
#pragma once

#include <optional>
#include <string_view>

#include "base/id.hpp"
#include "domain/route.hpp"

namespace dakiya::send {

struct FollowUp {
    std::optional<domain::StepRule> next;  // when the next step begins; nothing: there is none
    Id route = 0;                          // the campaign that a person made; 0: a single message
    bool resend = false;                   // an uncertain message is sent again (domain::most_resends)
};

// How long an uncertain message is given to be settled by events and look-ups, from the end of its attempt.
// settle_after_s: of the provider's manifest; 0: it cannot look a message up, so only events can tell.
std::int64_t settling_ms(int settle_after_s);

}  // namespace dakiya::send
