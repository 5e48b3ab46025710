#include "domain/person_state.hpp"

#include <catch2/catch.hpp>

using namespace dakiya::domain;

TEST_CASE("of two messages to a person the one that got further says how the person fares") {
    constexpr State worst_first[] = {State::skipped, State::cancelled, State::failed,
                                     State::queued,  State::sending,   State::uncertain,
                                     State::sent,    State::delivered, State::read};
    for (std::size_t i = 0; i < std::size(worst_first); ++i)
        for (std::size_t j = 0; j < std::size(worst_first); ++j)
            CHECK(outdoes(worst_first[i], worst_first[j]) == (i > j));
}
