#include "net/breaker.hpp"

#include <catch2/catch.hpp>

namespace dakiya::net {
namespace {

using State = Breaker::State;

struct Fixture {
    ManualClock clock;
    Breaker breaker{clock};

    void fail(int times) {
        for (int i = 0; i < times; ++i) breaker.failed("k");
    }
};

TEST_CASE_METHOD(Fixture, "Ten failures in a row open the breaker, nine do not") {
    fail(9);
    breaker.succeeded("k");
    fail(9);
    CHECK(breaker.state("k") == State::closed);
    CHECK_FALSE(breaker.ask("k"));
    fail(1);
    CHECK(breaker.state("k") == State::open);
    CHECK(breaker.ask("k") == Millis(5000));
    clock.advance(Millis(1));
    CHECK(breaker.ask("k") == Millis(4999));
    CHECK_FALSE(breaker.ask("another"));
}

TEST_CASE_METHOD(Fixture, "More than half of fifty recent outcomes open it") {
    const auto mixed = [&](int bad, int good) {
        for (int i = 0; i < std::max(bad, good); ++i) {
            if (i < good) breaker.succeeded("k");
            if (i < bad) breaker.failed("k");
        }
    };
    mixed(25, 25);
    CHECK(breaker.state("k") == State::closed);
    SECTION("the next failure replaces a success") {
        breaker.failed("k");
        CHECK(breaker.state("k") == State::open);
    }
    SECTION("not when they are spread over a longer time") {
        clock.advance(Millis(30'001));
        breaker.failed("k");
        CHECK(breaker.state("k") == State::closed);
    }
}

TEST_CASE_METHOD(Fixture, "A probe decides, and each failed one doubles the wait") {
    fail(10);
    for (const int wait : {5'000, 10'000, 20'000, 40'000, 60'000, 60'000}) {
        CHECK(breaker.ask("k") == Millis(wait));
        clock.advance(Millis(wait));
        CHECK_FALSE(breaker.ask("k"));  // the probe
        CHECK(breaker.state("k") == State::half_open);
        CHECK(breaker.ask("k") == Millis(wait));  // one only
        breaker.failed("k");
        CHECK(breaker.state("k") == State::open);
    }
    clock.advance(Millis(60'000));
    CHECK_FALSE(breaker.ask("k"));
    breaker.succeeded("k");
    CHECK(breaker.state("k") == State::closed);
    fail(9);
    CHECK(breaker.state("k") == State::closed);
    fail(1);
    CHECK(breaker.ask("k") == Millis(5000));  // the wait begins anew
}

TEST_CASE_METHOD(Fixture,
                 "While open, outcomes of older requests change nothing; a silent probe is given up") {
    fail(10);
    breaker.succeeded("k");
    fail(20);
    CHECK(breaker.ask("k") == Millis(5000));
    clock.advance(Millis(5000));
    CHECK_FALSE(breaker.ask("k"));
    clock.advance(Millis(5000));
    CHECK_FALSE(breaker.ask("k"));
}

}  // namespace
}  // namespace dakiya::net
