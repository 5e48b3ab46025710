#include "domain/people_limit.hpp"

#include <catch2/catch.hpp>

using namespace dakiya::domain;

TEST_CASE("the words that providers have for a limit on people") {
    CHECK(parse_people_limit("TIER_250") == 250);
    CHECK(parse_people_limit("TIER_2K") == 2'000);
    CHECK(parse_people_limit("TIER_100K") == 100'000);
    CHECK(parse_people_limit("2000") == 2'000);
    CHECK(parse_people_limit("10K Customers/24hr") == 10'000);
    CHECK(parse_people_limit("TIER_UNLIMITED") == people_unlimited);
    CHECK(parse_people_limit("Unlimited Customers/24hr") == people_unlimited);
    CHECK(parse_people_limit("-1") == people_unlimited);
    for (const char* nothing : {"", "TIER_NOT_SET", "0", "-7", "many"})
        CHECK_FALSE(parse_people_limit(nothing));
}

TEST_CASE("a person counts for 24 hours, and not for more than a quarter beyond") {
    constexpr std::int64_t minute = 60'000, day = 24 * 60 * minute;
    const std::int64_t sent = 1'774'656'000'000 + 7 * minute;
    const std::int64_t slot = slot_at(sent);
    CHECK(first_counted_slot(sent + day) <= slot);
    CHECK(slot_leaves_at(slot) == sent + 8 * minute + day);
    CHECK(first_counted_slot(slot_leaves_at(slot) - 1) == slot);
    CHECK(first_counted_slot(slot_leaves_at(slot)) == slot + 1);
}
