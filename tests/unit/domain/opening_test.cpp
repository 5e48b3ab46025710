// When somebody may be written to. Instants are written as UTC.
#include <catch2/catch.hpp>

#include "domain/opening.hpp"
#include "domain/quiet_hours.hpp"
#include "domain/zones.hpp"

using namespace dakiya;
using namespace dakiya::domain;

namespace {

constexpr const char* tenant = "Asia/Kolkata";

std::int64_t utc(const char* text) { return parse_wall(text).value(); }

Plan plan_of(const std::string& json) {
    const auto plan = read_plan(Json::parse(json), Plan{});
    REQUIRE(plan);
    return *plan;
}

std::string opening(const Plan& plan, const std::string& where, const char* from) {
    const auto found = next_opening(plan, where, tenant, utc(from));
    if (!found) return "never";
    return format_wall(found->from) + " " + format_wall(found->to);
}

}  // namespace

TEST_CASE("where people are") {
    CHECK(whereabouts("", "", "IN", tenant) == "IN|*");
    CHECK(whereabouts("America/Chicago", "TX", "US", tenant) == "US-TX|America/Chicago");
    CHECK(whereabouts("", "TX", "US", tenant) == "US-TX|*");
    CHECK(whereabouts("", "OH", "US", tenant) == "US|*");  // no rule of its own
    CHECK(whereabouts("Nowhere/At_All", "", "DE", tenant) == "DE|*");
    CHECK(whereabouts("Europe/Paris", "", "", tenant) == "|Europe/Paris");
    CHECK(whereabouts("", "", "", tenant) == "|Asia/Kolkata");  // e-mail, +800
}

TEST_CASE("quiet hours by country, state and zone") {
    struct Vector {
        const char *where, *from, *opening;
    };
    const auto v = GENERATE(
        // India: 10 to 21, +05:30
        Vector{"IN|*", "2026-11-20T04:29", "2026-11-20T04:30 2026-11-20T15:30"},
        Vector{"IN|*", "2026-11-20T12:00", "2026-11-20T04:30 2026-11-20T15:30"},
        Vector{"IN|*", "2026-11-20T15:30", "2026-11-21T04:30 2026-11-21T15:30"},
        Vector{"IN|*", "2026-11-20T15:29", "2026-11-20T04:30 2026-11-20T15:30"},
        // unknown rule: 9 to 20; the day that clocks go forward, and the day after
        Vector{"DE|*", "2026-03-28T23:00", "2026-03-29T07:00 2026-03-29T18:00"},
        Vector{"DE|*", "2026-03-27T23:00", "2026-03-28T08:00 2026-03-28T19:00"},
        Vector{"|Europe/Berlin", "2026-10-25T00:00", "2026-10-25T08:00 2026-10-25T19:00"},
        // states: Texas begins at noon on Sundays, Rhode Island ends at 18 (17 on Saturdays)
        Vector{"US-TX|America/Chicago", "2026-11-22T05:00", "2026-11-22T18:00 2026-11-23T03:00"},
        Vector{"US-TX|America/Chicago", "2026-11-20T14:00", "2026-11-20T15:00 2026-11-21T03:00"},
        Vector{"US-RI|America/New_York", "2026-11-20T05:00", "2026-11-20T14:00 2026-11-20T23:00"},
        Vector{"US-RI|America/New_York", "2026-11-21T05:00", "2026-11-21T15:00 2026-11-21T22:00"},
        Vector{"US-FL|America/New_York", "2026-11-20T05:00", "2026-11-20T13:00 2026-11-21T01:00"},
        Vector{"US|America/Los_Angeles", "2026-11-20T09:00", "2026-11-20T17:00 2026-11-21T04:00"},
        // the United States as a whole: nine o'clock on Adak until eight in the evening in New York
        Vector{"US|*", "2026-11-20T09:00", "2026-11-20T19:00 2026-11-21T01:00"},
        // a group: when each of them may
        Vector{"IN|*,DE|*", "2026-11-20T00:00", "2026-11-20T08:00 2026-11-20T15:30"});
    CAPTURE(v.where, v.from);
    CHECK(opening(plan_of(R"({"category":"marketing"})"), v.where, v.from) == v.opening);
}

TEST_CASE("windows") {
    // Friday is 2026-11-20.
    const char* workdays =
        R"({"window":{"from":"09:00","to":"17:00","days":["mon","tue","wed","thu","fri"]}})";
    CHECK(opening(plan_of(workdays), "", "2026-11-20T11:30") == "2026-11-23T03:30 2026-11-23T11:30");
    CHECK(opening(plan_of(workdays), "", "2026-11-20T11:29") == "2026-11-20T03:30 2026-11-20T11:30");

    const char* own = R"({"window":{"from":"09:00","to":"17:00","zone":"recipient"}})";
    CHECK(opening(plan_of(own), "DE|*", "2026-11-20T00:00") == "2026-11-20T08:00 2026-11-20T16:00");
    CHECK(opening(plan_of(own), "|Asia/Tokyo", "2026-11-20T00:00") == "2026-11-20T00:00 2026-11-20T08:00");

    const char* night = R"({"window":{"from":"22:00","to":"06:00","zone":"UTC","days":["sat"]}})";
    CHECK(opening(plan_of(night), "", "2026-11-22T01:00") == "2026-11-21T22:00 2026-11-22T06:00");
    CHECK(opening(plan_of(night), "", "2026-11-22T06:00") == "2026-11-28T22:00 2026-11-29T06:00");

    const char* always = R"({"window":{"from":"00:00","to":"24:00","zone":"UTC"}})";
    const auto open = next_opening(plan_of(always), "", tenant, utc("2026-11-20T12:00"));
    CHECK(open->to > utc("2026-11-28T00:00"));
}

TEST_CASE("window and quiet hours both count") {
    const Plan plan =
        plan_of(R"({"category":"marketing","window":{"from":"18:00","to":"23:00","zone":"recipient"}})");
    CHECK(opening(plan, "IN|*", "2026-11-20T00:00") == "2026-11-20T12:30 2026-11-20T15:30");
    // Nobody in Russia as a whole is awake everywhere at that time.
    CHECK(opening(plan, "RU|*", "2026-11-20T00:00") == "never");
    const Plan night =
        plan_of(R"({"category":"marketing","window":{"from":"22:00","to":"23:00","zone":"recipient"}})");
    CHECK(opening(night, "IN|*", "2026-11-20T00:00") == "never");
}

TEST_CASE("a plan that does not depend on the person is open") {
    const auto open = next_opening(Plan{}, "", tenant, 5);
    CHECK(*open == Opening{5, INT64_MAX});
    CHECK_FALSE(Plan{}.timed());
    CHECK(plan_of(R"({"schedule":{"at":"2026-12-01T10:00","zone":"recipient"}})").timed());
    CHECK_FALSE(plan_of(R"({"schedule":{"at":"2026-12-01T10:00","zone":"tenant"}})").timed());
}

TEST_CASE("a scheduled time has come in all zones that are possible") {
    const auto wall = utc("2026-12-01T10:00");
    const auto instant = [&](const char* zone, const char* where) {
        return format_wall(scheduled_instant(wall, zone, where, tenant));
    };
    CHECK(instant("tenant", "") == "2026-12-01T04:30");
    CHECK(instant("Europe/Berlin", "US|*") == "2026-12-01T09:00");
    CHECK(instant("recipient", "IN|*") == "2026-12-01T04:30");
    CHECK(instant("recipient", "US|*") == "2026-12-01T20:00");  // Adak and Honolulu
    CHECK(instant("recipient", "US|America/New_York") == "2026-12-01T15:00");
    CHECK(format_wall(first_instant(wall, "recipient", tenant)) == "2026-11-30T20:00");
    CHECK(format_wall(first_instant(wall, "tenant", tenant)) == "2026-12-01T04:30");
}
