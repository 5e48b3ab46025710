#include "domain/campaign.hpp"

#include <map>

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;
using S = CampaignState;
using A = Action;

TEST_CASE("campaign states have words and numbers that never change") {
    const std::vector<std::string> words = {"draft",     "scheduled", "sending", "paused",
                                            "completed", "cancelled", "failed"};
    for (std::size_t i = 0; i < words.size(); ++i) CHECK(to_string(static_cast<S>(i)) == words[i]);
}

TEST_CASE("every action in every state") {
    const std::map<std::pair<S, A>, S> allowed = {
        {{S::draft, A::schedule}, S::scheduled}, {{S::draft, A::send}, S::sending},
        {{S::draft, A::cancel}, S::cancelled},   {{S::scheduled, A::schedule}, S::scheduled},
        {{S::scheduled, A::send}, S::sending},   {{S::scheduled, A::cancel}, S::cancelled},
        {{S::scheduled, A::fail}, S::failed},    {{S::sending, A::pause}, S::paused},
        {{S::sending, A::cancel}, S::cancelled}, {{S::sending, A::finish}, S::completed},
        {{S::sending, A::fail}, S::failed},      {{S::paused, A::resume}, S::sending},
        {{S::paused, A::cancel}, S::cancelled},  {{S::paused, A::fail}, S::failed},
        {{S::scheduled, A::pause}, S::paused},   {{S::paused, A::wait}, S::scheduled},
    };
    for (int s = 0; s <= 6; ++s)
        for (int a = 0; a <= 7; ++a) {
            const auto state = static_cast<S>(s);
            const auto action = static_cast<A>(a);
            CAPTURE(to_string(state), to_string(action));
            const auto next = after(state, action);
            const auto expected = allowed.find({state, action});
            REQUIRE(next.ok() == (expected != allowed.end()));
            if (next.ok())
                CHECK(*next == expected->second);
            else
                CHECK(next.error().code == Code::conflict);
        }
}

TEST_CASE("a refusal says what is possible") {
    CHECK(after(S::draft, A::pause).error().text ==
          "cannot pause a campaign that is draft: possible now is schedule, send or cancel");
    CHECK(after(S::paused, A::pause).error().text ==
          "cannot pause a campaign that is paused: possible now is resume or cancel");
    CHECK(after(S::completed, A::send).error().text ==
          "cannot send a campaign that is completed: it is over; duplicate it to send again");
}

TEST_CASE("what may be edited and what is over") {
    for (int s = 0; s <= 6; ++s) {
        CHECK(editable(static_cast<S>(s)) == (s <= 1));
        CHECK(final(static_cast<S>(s)) == (s >= 4));
    }
}
