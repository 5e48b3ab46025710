// The states of one message, and the rule that they only move forward. The numbers are stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dakiya::domain {

enum class State : std::int16_t {
    queued = 0,
    skipped = 1,    // never attempted; the message says why
    cancelled = 2,  // taken back before it was attempted
    sending = 3,    // marked: a request may have left
    uncertain = 4,  // attempted, and the answer was lost
    sent = 5,       // the provider took it
    delivered = 6,
    read = 7,
    failed = 8,
    received = 9  // inbound
};

// Who caused a message.
enum class Origin : std::int16_t { campaign = 1, single = 2, otp = 3, reply = 4, inbound = 5 };

std::string_view to_string(State state);
std::string_view to_string(Origin origin);
std::optional<State> parse_state(std::string_view word);

// Whether `next` replaces `now`:
//   queued < sending < uncertain < sent < failed < delivered < read
// goes left to right, with gaps allowed. So a late or repeated event never moves a message back, any real
// news settles `uncertain`, and a delivery reported after a failure counts. Only `queued` can become
// skipped or cancelled; nothing replaces skipped, cancelled or received.
bool may_follow(State now, State next);

// The state after an event, or nothing when the event changes nothing. Any order of the same provider
// events ends in the same state.
std::optional<State> apply(State now, State event);

}  // namespace dakiya::domain
