#include "domain/time_map.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {
Steady at(std::int64_t ms) { return Steady(Millis(ms)); }
constexpr Micros noon = 1'795'000'000'000'000;
}  // namespace

TEST_CASE("the quickest of the last answers tells the time") {
    TimeMap times;
    times.note(noon, at(1'005));
    CHECK(times(noon + 250'000) == at(1'255));
    times.note(noon + 100'000, at(1'101));
    CHECK(times(noon + 250'000) == at(1'251));
    times.note(noon + 200'000, at(1'240));  // a slow one
    CHECK(times(noon + 250'000) == at(1'251));
}

TEST_CASE("a clock that was set is believed at once, and drift is followed") {
    TimeMap times;
    times.note(noon, at(1'000));
    times.note(noon + 3'600'000'000, at(1'100));
    CHECK(times(noon + 3'600'000'000) == at(1'100));
    times.note(noon + 100'000, at(1'200));
    CHECK(times(noon + 100'000) == at(1'200));

    for (int i = 1; i <= 16; ++i) times.note(noon + i * 1'000'000, at(1'101 + i * 1'000));
    CHECK(times(noon) == at(1'101));
    times.note(noon + 60'000'000, at(61'102));
    CHECK(times(noon) == at(1'102));
}
