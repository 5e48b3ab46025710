#include "domain/pace.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {
Steady at(std::int64_t ms) { return Steady(Millis(ms)); }
}  // namespace

TEST_CASE("a bucket starts full and fills at its rate") {
    Bucket bucket(10, 2, at(0));
    CHECK(bucket.wait(at(0)) == Millis(0));
    bucket.take(at(0));
    CHECK(bucket.wait(at(0)) == Millis(0));
    bucket.take(at(0));
    CHECK(bucket.wait(at(0)) == Millis(100));
    CHECK(bucket.wait(at(40)) == Millis(60));
    CHECK(bucket.wait(at(100)) == Millis(0));
    bucket.take(at(100));
    CHECK(bucket.wait(at(100)) == Millis(100));
    CHECK(bucket.wait(at(100), 2) == Millis(200));
}

TEST_CASE("a bucket never holds more than its burst") {
    Bucket bucket(10, 2, at(0));
    bucket.take(at(3'600'000), 2);
    CHECK(bucket.wait(at(3'600'000)) == Millis(100));
}

TEST_CASE("more than the burst goes when the bucket is full, and is paid for afterwards") {
    Bucket bucket(10, 2, at(0));
    CHECK(bucket.wait(at(0), 12) == Millis(0));
    bucket.take(at(0), 12);
    CHECK(bucket.wait(at(0)) == Millis(1100));
    CHECK(bucket.wait(at(0), 12) == Millis(1200));
}

TEST_CASE("over ten seconds exactly the rate goes through, plus what was saved up") {
    Bucket bucket(7, 3, at(0));
    int taken = 0;
    for (std::int64_t ms = 0; ms < 10'000; ++ms)
        while (bucket.wait(at(ms)) == Millis(0)) {
            bucket.take(at(ms));
            ++taken;
        }
    CHECK(taken == 72);  // 3 + 69.993 tokens
}

TEST_CASE("waits are rounded up: after them the token is there") {
    Bucket bucket(3, 1, at(0));
    bucket.take(at(0));
    CHECK(bucket.wait(at(0)) == Millis(334));
    CHECK(bucket.wait(at(334)) == Millis(0));
}

TEST_CASE("a throttle halves the rate, down to a sixteenth") {
    Bucket bucket(160, 1, at(0));
    const double expected[] = {80, 45, 27.5, 18.75, 14.375};  // halved a second apart, 10 more in between
    for (int i = 0; i < 5; ++i) {
        bucket.slow_down(at(i * 1000), Millis(0));
        CHECK(bucket.rate(at(i * 1000)) == Approx(expected[i]));
    }
    for (int i = 5; i < 20; ++i) bucket.slow_down(at(i * 1000), Millis(0));
    CHECK(bucket.rate(at(19'000)) == Approx(10.0));
}

TEST_CASE("the answers to one burst count as one throttle") {
    Bucket bucket(160, 1, at(0));
    for (int i = 0; i < 64; ++i) bucket.slow_down(at(i), Millis(0));
    CHECK(bucket.rate(at(63)) == Approx(80 + 160.0 / 16 * 0.063));
}

TEST_CASE("calm gives a sixteenth of the configured rate back each second, and no more than it was") {
    Bucket bucket(16, 1, at(0));
    bucket.slow_down(at(0), Millis(0));
    CHECK(bucket.rate(at(0)) == Approx(8));
    CHECK(bucket.rate(at(1000)) == Approx(9));
    CHECK(bucket.rate(at(2500)) == Approx(10.5));
    CHECK(bucket.rate(at(8000)) == Approx(16));
    CHECK(bucket.rate(at(60'000)) == Approx(16));
}

TEST_CASE("a throttle takes away what was saved up") {
    Bucket bucket(10, 100, at(0));
    bucket.slow_down(at(0), Millis(0));
    CHECK(bucket.wait(at(0)) == Millis(200));
}

TEST_CASE("nothing goes before the provider's hint is over, and nothing is saved up meanwhile") {
    Bucket bucket(10, 5, at(0));
    bucket.slow_down(at(0), Millis(3000));
    CHECK(bucket.wait(at(0)) == Millis(3200));
    CHECK(bucket.wait(at(2999)) == Millis(201));
    CHECK(bucket.rate(at(3000)) == Approx(5));
    CHECK(bucket.wait(at(3000)) == Millis(200));
    CHECK(bucket.wait(at(3200)) == Millis(0));
}

TEST_CASE("a shorter hint does not shorten a longer one; a hint ends within a day") {
    Bucket bucket(10, 5, at(0));
    bucket.slow_down(at(0), Millis(3000));
    bucket.slow_down(at(0), Millis(1000));
    CHECK(bucket.wait(at(0)) == Millis(3200));
    bucket.slow_down(at(0), Millis::max());
    CHECK(bucket.wait(at(0)) == Millis(86'400'200));
    Bucket other(10, 5, at(0));
    other.slow_down(at(0), Millis(-1));
    CHECK(other.wait(at(0)) == Millis(200));
}

TEST_CASE("new settings end a slow-down; saved tokens stay") {
    Bucket bucket(10, 5, at(0));
    bucket.slow_down(at(0), Millis(3000));
    bucket.configure(100, 5, at(0));
    CHECK(bucket.rate(at(0)) == Approx(100));
    CHECK(bucket.wait(at(0)) == Millis(10));
    Bucket full(10, 5, at(0));
    full.configure(10, 2, at(0));
    full.take(at(0), 2);
    CHECK(full.wait(at(0)) == Millis(100));
}

TEST_CASE("settings out of range are moved into it, and time that goes back changes nothing") {
    Bucket slow(0, 0, at(0));
    CHECK(slow.wait(at(0)) == Millis(0));
    slow.take(at(0));
    CHECK(slow.wait(at(0)) == Millis(1'000'000));
    Bucket bucket(10, 1, at(1000));
    bucket.take(at(1000));
    CHECK(bucket.wait(at(500)) == Millis(100));
    CHECK(bucket.wait(at(1100)) == Millis(0));
}
