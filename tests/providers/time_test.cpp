#include "dakiya/time.hpp"

#include <catch2/catch.hpp>

using dakiya::days_of;
using dakiya::read_iso_time;

TEST_CASE("Days are counted from 1970") {
    CHECK(days_of(1970, 1, 1) == 0);
    CHECK(days_of(2000, 2, 29) == 11'016);
    CHECK(days_of(2000, 3, 1) == 11'017);
    CHECK(days_of(2026, 11, 20) == 20'777);
}

TEST_CASE("A date with a zone is read exactly") {
    const std::int64_t time = 20'777LL * 86'400'000 + 36'005'000;  // 10:00:05 UTC
    CHECK(read_iso_time("2026-11-20T10:00:05Z") == time);
    CHECK(read_iso_time("2026-11-20 10:00:05") == time);
    CHECK(read_iso_time("2026/11/20 10:00:05") == time);
    CHECK(read_iso_time("2026-11-20T15:30:05+05:30") == time);
    CHECK(read_iso_time("2026-11-20T02:00:05-08:00") == time);
    CHECK(read_iso_time("2026-11-20T10:00:05+00:00") == time);
    CHECK(read_iso_time("2026-11-20T10:00:05.1Z") == time + 100);
    CHECK(read_iso_time("2026-11-20T10:00:05.123456") == time + 123);
    CHECK(read_iso_time("2026-11-20T15:30:05.5+05:30") == time + 500);
}

TEST_CASE("A date without a zone is of the zone that the caller knows") {
    constexpr std::int64_t india = 330 * 60'000;
    CHECK(read_iso_time("2026-11-20T15:30:05", india) == read_iso_time("2026-11-20T10:00:05Z"));
    CHECK(read_iso_time("2026-11-20T10:00:05Z", india) == read_iso_time("2026-11-20T10:00:05"));
}

TEST_CASE("What is no date is 0") {
    for (const char* text :
         {"", "null", "2026-11-20", "2026-13-20T10:00:05Z", "2026-11-20T24:00:05Z", "20261120T100005Z...",
          "2026-1a-20T10:00:05Z", "0000-00-00T00:00:00Z", "2026-11-20T10:00:05+0x:30"})
        CHECK(read_iso_time(text) == 0);
}
