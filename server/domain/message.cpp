#include "domain/message.hpp"

#include "domain/words.hpp"

namespace dakiya::domain {

namespace {

constexpr Words<State, 10> states{{
    {State::queued, "queued"},
    {State::skipped, "skipped"},
    {State::cancelled, "cancelled"},
    {State::sending, "sending"},
    {State::uncertain, "uncertain"},
    {State::sent, "sent"},
    {State::delivered, "delivered"},
    {State::read, "read"},
    {State::failed, "failed"},
    {State::received, "received"},
}};

constexpr Words<Origin, 5> origins{{
    {Origin::campaign, "campaign"},
    {Origin::single, "single"},
    {Origin::otp, "otp"},
    {Origin::reply, "reply"},
    {Origin::inbound, "inbound"},
}};

// Place in the order of news about an attempt; nothing for the states outside that order.
std::optional<int> rank(State state) {
    switch (state) {
        case State::queued:
            return 0;
        case State::sending:
            return 1;
        case State::uncertain:
            return 2;
        case State::sent:
            return 3;
        case State::failed:
            return 4;
        case State::delivered:
            return 5;
        case State::read:
            return 6;
        case State::skipped:
        case State::cancelled:
        case State::received:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(State state) { return word_of(states, state); }
std::string_view to_string(Origin origin) { return word_of(origins, origin); }
std::optional<State> parse_state(std::string_view word) { return value_of(states, word); }

bool may_follow(State now, State next) {
    if (next == State::skipped || next == State::cancelled) return now == State::queued;
    const auto from = rank(now);
    const auto to = rank(next);
    return from && to && *from < *to;
}

std::optional<State> apply(State now, State event) {
    if (!may_follow(now, event)) return std::nullopt;
    return event;
}

}  // namespace dakiya::domain
