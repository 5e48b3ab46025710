#include "domain/supply.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

Steady at(std::int64_t ms) { return Steady(Millis(ms)); }

}  // namespace

TEST_CASE("a rate is known after a moment, and follows what happens") {
    Throughput throughput;
    CHECK(throughput.per_second() == 0);
    throughput.note(5, at(1'000));
    CHECK(throughput.per_second() == 0);
    throughput.note(5, at(1'100));
    CHECK(throughput.per_second() == Approx(100));
    for (int i = 1; i <= 20; ++i) throughput.note(100, at(1'100 + i * 100));
    CHECK(throughput.per_second() == Approx(1'000).epsilon(0.01));
    throughput.note(0, at(60'000));
    CHECK(throughput.per_second() == Approx(500).epsilon(0.01));
}

TEST_CASE("who fills the connections and has enough for the next moment takes no further chunk") {
    CHECK_FALSE(lasts({0, 0}, 0, 128));
    CHECK_FALSE(lasts({64, 0}, 0, 128));  // a provider that has not answered yet
    CHECK(lasts({64, 64}, 0, 128));
    CHECK(lasts({128, 200}, 640, 128));
    CHECK_FALSE(lasts({128, 100}, 640, 128));
    CHECK_FALSE(lasts({1'024, 4'000}, 30'000, 128));
}
