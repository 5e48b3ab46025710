#include "domain/quota.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

constexpr std::int64_t hour = 3'600'000;
// 2026-03-28T00:00Z, the day before clocks go forward in Europe.
constexpr std::int64_t saturday = 1'774'656'000'000;

}  // namespace

TEST_CASE("a day begins at midnight of the tenant's zone") {
    CHECK(next_midnight(saturday, "UTC") == saturday + 24 * hour);
    CHECK(next_midnight(saturday + 24 * hour - 1, "UTC") == saturday + 24 * hour);
    // 00:00 in Kolkata is 18:30 UTC.
    const std::int64_t kolkata = saturday + 18 * hour + hour / 2;
    CHECK(next_midnight(saturday, "Asia/Kolkata") == kolkata);
    CHECK(next_midnight(kolkata, "Asia/Kolkata") == kolkata + 24 * hour);
    CHECK(next_midnight(saturday, "Nowhere/Land") == saturday + 24 * hour);
}

TEST_CASE("the day on which clocks go forward has 23 hours") {
    const std::int64_t sunday = next_midnight(saturday + 12 * hour, "Europe/Berlin");
    CHECK(sunday == saturday + 23 * hour);
    CHECK(next_midnight(sunday, "Europe/Berlin") == sunday + 23 * hour);
}

TEST_CASE("the quota with the least room decides") {
    const std::int64_t now = saturday;
    std::vector<Quota> quotas{{"", 0, 100, 40, now + 1}, {"sms", 0, 50, 45, now + 1}};
    CHECK(room_in(quotas, 3, now).messages == 3);
    CHECK(room_in(quotas, 3, now).exhausted == nullptr);
    const Room room = room_in(quotas, 60, now);
    CHECK(room.messages == 5);
    REQUIRE(room.exhausted != nullptr);
    CHECK(room.exhausted->channel == "sms");
    // A new day: nothing is used.
    CHECK(room_in(quotas, 60, now + 1).messages == 50);
    quotas[0].per_day = 10;  // lowered below what was used
    CHECK(room_in(quotas, 1, now).messages == 0);
    CHECK(room_in({}, 7, now).messages == 7);
}

TEST_CASE("quotas have names and shares for people") {
    CHECK(name_of({"", 0, 10'000, 0, 0}) == "daily quota of 10,000");
    CHECK(name_of({"whatsapp", 0, 1'000'000, 0, 0}) == "daily quota of 1,000,000 for whatsapp");
    CHECK(name_of({"sms", 60, 999, 0, 0}).find("daily quota of 999 for sms on connection con_") == 0);
    CHECK(percent_of(79, 100) == 79);
    CHECK(percent_of(2, 3) == 66);
    CHECK(percent_of(0, 0) == 100);
}
