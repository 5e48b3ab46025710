#include <catch2/catch.hpp>

#include <algorithm>

#include "domain/zones.hpp"

using namespace dakiya::domain;

namespace {
std::int64_t at(const char* text) { return parse_wall(text).value(); }
}  // namespace

TEST_CASE("names of zones") {
    CHECK(known_zone("Asia/Kolkata"));
    CHECK(known_zone("Asia/Calcutta"));  // an older name of the same
    CHECK(known_zone("UTC"));
    CHECK_FALSE(known_zone(""));
    CHECK_FALSE(known_zone("GMT+5"));
    CHECK_FALSE(known_zone("Europe/Atlantis"));
    CHECK_FALSE(known_zone(std::string(100, 'x')));
    CHECK_THROWS(Zone("Europe/Atlantis"));
}

TEST_CASE("countries and their zones") {
    CHECK(zones_of_country("IN").size() == 1);
    const auto us = zones_of_country("US");
    for (const char* zone : {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/Adak"})
        CHECK(std::find(us.begin(), us.end(), zone) != us.end());
    CHECK(zones_of_country("").empty());
    CHECK(zones_of_country("XX").empty());
}

TEST_CASE("wall clocks: the hour that is not there and the hour that comes twice") {
    struct Vector {
        const char *zone, *wall, *utc;
    };
    const auto v =
        GENERATE(Vector{"Asia/Kolkata", "2026-12-01T10:00", "2026-12-01T04:30"},
                 Vector{"Asia/Kathmandu", "2026-12-01T10:00", "2026-12-01T04:15"},
                 Vector{"Pacific/Kiritimati", "2026-12-01T10:00", "2026-11-30T20:00"},
                 Vector{"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59"},
                 Vector{"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"},  // skipped: 03:30 then
                 Vector{"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"},
                 Vector{"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"},  // twice: the first
                 Vector{"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"},
                 Vector{"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"},
                 Vector{"America/New_York", "2026-11-01T02:00", "2026-11-01T07:00"});
    CAPTURE(v.zone, v.wall);
    CHECK(format_wall(Zone(v.zone).instant(at(v.wall))) == v.utc);
}

TEST_CASE("an instant on the wall, and back") {
    CHECK(format_wall(Zone("America/St_Johns").wall(at("2026-07-01T00:00"))) == "2026-06-30T21:30");
    const Zone berlin("Europe/Berlin");
    for (std::int64_t t = at("2026-03-27T00:00"); t < at("2026-03-31T00:00"); t += 15 * minute_ms)
        CHECK(berlin.instant(berlin.wall(t)) == t);
}

TEST_CASE("dates") {
    CHECK(weekday(at("2026-11-21T23:59")) == 5);
    CHECK(weekday(at("1970-01-01T00:00")) == 3);
    CHECK(weekday(at("1969-12-31T00:00")) == 2);
    CHECK(format_wall(at("2028-02-29T23:59")) == "2028-02-29T23:59");
    for (const char* wrong :
         {"", "2026-02-29T10:00", "2026-12-01 10:00", "2026-12-01T24:00", "2026-12-01T10:60",
          "2026-13-01T10:00", "2026-12-01T10:00Z", "2026-12-1T10:000"})
        CHECK_FALSE(parse_wall(wrong));
}
