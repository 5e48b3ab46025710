#include <catch2/catch.hpp>

#include "domain/recurrence.hpp"
#include "domain/zones.hpp"

using namespace dakiya;
using namespace dakiya::domain;

namespace {

std::int64_t at(const char* text) { return parse_wall(text).value(); }

std::string listed(const char* rule, const char* start, const char* from, std::size_t most) {
    REQUIRE(check_rule(rule));
    std::string text;
    for (const std::int64_t wall : occurrences(rule, at(start), at(from), most))
        text += (text.empty() ? "" : " ") + format_wall(wall);
    return text;
}

}  // namespace

TEST_CASE("rules and their occurrences") {
    const char* start = "2026-12-01T10:00";  // a Tuesday
    CHECK(listed("FREQ=DAILY;COUNT=3", start, start, 9) ==
          "2026-12-01T10:00 2026-12-02T10:00 2026-12-03T10:00");
    CHECK(listed("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3", start, start, 9) ==
          "2026-12-03T10:00 2026-12-07T10:00 2026-12-10T10:00");
    CHECK(listed("FREQ=WEEKLY;INTERVAL=2", start, start, 2) == "2026-12-01T10:00 2026-12-15T10:00");
    CHECK(listed("FREQ=MONTHLY;BYMONTHDAY=31", start, start, 2) == "2026-12-31T10:00 2027-01-31T10:00");
    CHECK(listed("FREQ=MONTHLY;BYMONTHDAY=-1", start, "2027-02-01T00:00", 1) == "2027-02-28T10:00");
    CHECK(listed("FREQ=MONTHLY;BYDAY=-1FR", start, start, 2) == "2026-12-25T10:00 2027-01-29T10:00");
    CHECK(listed("FREQ=DAILY;UNTIL=20261202T100000", start, start, 9) == "2026-12-01T10:00 2026-12-02T10:00");
    CHECK(listed("FREQ=DAILY;UNTIL=20261202T095900", start, start, 9) == "2026-12-01T10:00");
    CHECK(listed("FREQ=DAILY;COUNT=3", start, "2026-12-02T10:01", 9) == "2026-12-03T10:00");
    CHECK(listed("FREQ=DAILY;COUNT=3", start, "2026-12-03T10:01", 9).empty());
    CHECK(listed("FREQ=DAILY", start, "2096-12-03T10:00", 1) == "2096-12-03T10:00");
}

TEST_CASE("ten o'clock stays ten o'clock") {
    const Zone berlin("Europe/Berlin");
    std::string instants;
    for (const std::int64_t wall : occurrences("FREQ=DAILY;COUNT=3", at("2026-03-28T10:00"), 0, 9))
        instants += format_wall(berlin.instant(wall)) + " ";
    CHECK(instants == "2026-03-28T09:00 2026-03-29T08:00 2026-03-30T08:00 ");
}

TEST_CASE("what a rule may not say is named") {
    struct Vector {
        const char *rule, *said;
    };
    const auto v = GENERATE(
        Vector{"", "empty"}, Vector{"COUNT=3", "FREQ is missing"}, Vector{"FREQ=YEARLY", "FREQ=YEARLY"},
        Vector{"FREQ=HOURLY", "FREQ=HOURLY"}, Vector{"FREQ=DAILY;BYHOUR=9", "BYHOUR"},
        Vector{"FREQ=DAILY;WKST=MO", "WKST"}, Vector{"FREQ=DAILY;COUNT=0", "COUNT must"},
        Vector{"FREQ=DAILY;COUNT=1;COUNT=2", "twice"}, Vector{"FREQ=DAILY;INTERVAL=x", "INTERVAL must"},
        Vector{"FREQ=DAILY;COUNT=1;UNTIL=20270101", "exclude"}, Vector{"FREQ=WEEKLY;BYDAY=XX", "\"XX\""},
        Vector{"FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY"}, Vector{"FREQ=MONTHLY;BYDAY=6MO", "-5 to 5"},
        Vector{"FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY"}, Vector{"FREQ=MONTHLY;BYMONTHDAY=32", "\"32\""},
        Vector{"FREQ=DAILY;UNTIL=20270101T000000Z", "without a zone"},
        Vector{"FREQ=DAILY;UNTIL=20270231", "UNTIL"}, Vector{"FREQ=DAILY;", "NAME=VALUE"},
        Vector{"freq=daily", "\"freq\""});
    CAPTURE(v.rule);
    const auto checked = check_rule(v.rule);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().text.find(v.said) != std::string::npos);
}
