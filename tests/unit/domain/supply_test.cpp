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
    CHECK(throughput.per_second() < 10);
}

TEST_CASE("a provider whose answers come in bursts is as fast as over all of them") {
    Throughput throughput;
    for (int burst = 1; burst <= 20; ++burst)
        for (int i = 0; i < 64; ++i) throughput.note(1, at(1'000 * burst + i));
    CHECK(throughput.per_second() < 300);
    CHECK(throughput.per_second() > 30);
}

TEST_CASE("what is marked fills the connections and lasts until the next commit") {
    CHECK(most_marked(0, 64, 64) == 128);
    CHECK(most_marked(64, 64, 64) == 128);  // answers take a second
    CHECK(most_marked(1'000, 64, 64) == 364);
    CHECK(most_marked(10'000, 64, 64) == 3'064);
}

TEST_CASE("who fills the connections and has enough for the next moment takes no further chunk") {
    CHECK_FALSE(lasts({0, 0}, 0, 128));
    CHECK_FALSE(lasts({64, 0}, 0, 128));  // a provider that has not answered yet
    CHECK(lasts({64, 64}, 0, 128));
    CHECK(lasts({128, 200}, 640, 128));
    CHECK_FALSE(lasts({128, 100}, 640, 128));
    CHECK_FALSE(lasts({1'024, 4'000}, 30'000, 128));
}
