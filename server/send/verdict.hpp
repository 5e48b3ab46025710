// What an ended send means for each of its recipients: the table of docs/design.md 6.1 as code. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/message.hpp"
#include "domain/outcome.hpp"
#include "domain/stop_rules.hpp"
#include "send/exchange.hpp"

namespace dakiya::send {

struct Verdict {
    enum class How { sent, failed, uncertain, again };  // again: nothing was sent, try later
    How how = How::uncertain;
    std::string provider_id;
    domain::Class cls = domain::Class::other;  // unless sent
    std::string code, text;
    Millis wait{0};          // again: not before
    bool untried = false;    // again: it did not even come to an attempt
    bool file_gone = false;  // again: with its file uploaded anew (send/media_gone)
    int parts = 0;
    std::int64_t cost = 0;  // millionths
};

// One verdict for each of `recipients`, in their order. attempt: 1 for the first. random: any number, for
// the jitter of the next attempt.
std::vector<Verdict> judge(const Ended& ended, std::size_t recipients, int attempt, std::uint64_t random);

// Of a message that a lost owner had marked: nobody can say whether it was sent.
Verdict lost_owner();

// Of a message that may have arrived, and is not sent again. why: a word for people.
Verdict not_again(std::string_view why);

// As the stop rules count it. begun_at: Unix ms.
domain::Ending ending_of(const Verdict& verdict, std::int64_t begun_at);

// The events that came with the results (the sandbox plays its provider's webhooks that way).
std::vector<Json> events_of(const Ended& ended);

}  // namespace dakiya::send
