#include "domain/message.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

using namespace dakiya::domain;

namespace {

const std::vector<State> all = {State::queued,    State::skipped, State::cancelled, State::sending,
                                State::uncertain, State::sent,    State::delivered, State::read,
                                State::failed,    State::received};

State fold(State state, const std::vector<State>& events) {
    for (const State event : events) state = apply(state, event).value_or(state);
    return state;
}

}  // namespace

TEST_CASE("states have words and numbers that never change") {
    const std::vector<std::string> words = {"queued", "skipped",   "cancelled", "sending", "uncertain",
                                            "sent",   "delivered", "read",      "failed",  "received"};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto state = static_cast<State>(i);
        CHECK(to_string(state) == words[i]);
        CHECK(parse_state(words[i]) == state);
    }
    CHECK_FALSE(parse_state("Sent"));
    CHECK_FALSE(parse_state(""));
    CHECK(to_string(static_cast<State>(99)) == "unknown");
    CHECK(to_string(Origin::otp) == "otp");
}

TEST_CASE("which state may follow which: the whole table") {
    using S = State;
    const auto allowed = [](S now) -> std::vector<S> {
        switch (now) {
            case S::queued:
                return {S::skipped, S::cancelled, S::sending,   S::uncertain,
                        S::sent,    S::failed,    S::delivered, S::read};
            case S::sending:
                return {S::uncertain, S::sent, S::failed, S::delivered, S::read};
            case S::uncertain:
                return {S::sent, S::failed, S::delivered, S::read};
            case S::sent:
                return {S::failed, S::delivered, S::read};
            case S::failed:
                return {S::delivered, S::read};
            case S::delivered:
                return {S::read};
            default:
                return {};
        }
    };
    for (const S now : all)
        for (const S next : all) {
            CAPTURE(to_string(now), to_string(next));
            const auto list = allowed(now);
            const bool may = std::find(list.begin(), list.end(), next) != list.end();
            CHECK(may_follow(now, next) == may);
            CHECK(apply(now, next) == (may ? std::optional(next) : std::nullopt));
        }
}

TEST_CASE("events of a message end the same in any order and however often they come") {
    const std::vector<State> news = {State::sending,   State::uncertain, State::sent,
                                     State::delivered, State::read,      State::failed};
    const State start = GENERATE(State::queued, State::sending, State::uncertain);
    for (unsigned subset = 0; subset < 1U << news.size(); ++subset) {
        std::vector<State> events;
        for (std::size_t i = 0; i < news.size(); ++i)
            if (subset >> i & 1U) events.push_back(news[i]);
        std::sort(events.begin(), events.end());
        const State expected = fold(start, events);
        do {
            std::vector<State> twice = events;
            twice.insert(twice.end(), events.rbegin(), events.rend());
            REQUIRE(fold(start, events) == expected);
            REQUIRE(fold(start, twice) == expected);
        } while (std::next_permutation(events.begin(), events.end()));
    }
}
