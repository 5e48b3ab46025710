#include "net/limiter.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <stdexcept>

namespace dakiya::net {
namespace {

// Runs after() on a clock that the test moves.
class ManualLoop final : public HttpClient {
public:
    explicit ManualLoop(ManualClock& clock) : clock_(clock) {}

    void perform(Request, Done) override { throw std::logic_error("the limiter sends nothing"); }
    void after(Millis delay, std::function<void()> work) override {
        due_.emplace(clock_.steady() + delay, work);
    }

    void advance(Millis by) {
        const Steady end = clock_.steady() + by;
        while (!due_.empty() && due_.begin()->first <= end) {
            const auto [when, work] = *due_.begin();
            due_.erase(due_.begin());
            clock_.advance(std::chrono::duration_cast<Millis>(when - clock_.steady()));
            work();
        }
        clock_.advance(std::chrono::duration_cast<Millis>(end - clock_.steady()));
    }
    std::size_t timers() const { return due_.size(); }

private:
    ManualClock& clock_;
    std::multimap<Steady, std::function<void()>> due_;
};

struct Fixture {
    ManualClock clock;
    ManualLoop loop{clock};
    Limiter limiter{loop, clock};
    std::string order;

    bool take(char name, Lane lane = Lane::single, Rate rate = {10, 1}, const std::string& key = "k") {
        return limiter.take(key, rate, lane, [this, name] { order += name; });
    }
};

TEST_CASE_METHOD(Fixture, "The burst goes at once, the rest at the rate") {
    for (const char name : {'a', 'b', 'c', 'd'}) CHECK(take(name, Lane::single, {10, 2}));
    CHECK(order == "ab");
    loop.advance(Millis(99));
    CHECK(order == "ab");
    loop.advance(Millis(1));
    CHECK(order == "abc");
    loop.advance(Millis(100));
    CHECK(order == "abcd");
    CHECK(loop.timers() == 0);
}

TEST_CASE_METHOD(Fixture, "One-time passwords overtake, and order holds within a lane") {
    take('0');
    take('c', Lane::campaign);
    take('s', Lane::single);
    take('o', Lane::otp);
    take('d', Lane::campaign);
    take('p', Lane::otp);
    CHECK(order == "0");
    loop.advance(Millis(500));
    CHECK(order == "0opscd");
}

TEST_CASE_METHOD(Fixture, "Keys do not wait for each other") {
    take('a', Lane::single, {10, 1}, "one");
    take('b', Lane::single, {10, 1}, "two");
    CHECK(order == "ab");
    CHECK(limiter.buckets() == 2);
}

TEST_CASE_METHOD(Fixture, "try_take tells how long to wait and never overtakes") {
    CHECK_FALSE(limiter.try_take("k", {10, 1}));
    CHECK(limiter.try_take("k", {10, 1}) == Millis(100));
    take('a');
    clock.advance(Millis(100));  // the token is there, the timer has not run
    CHECK(limiter.try_take("k", {10, 1}) == Millis(1));
    CHECK(order.empty());
    loop.advance(Millis(0));
    CHECK(order == "a");
}

TEST_CASE_METHOD(Fixture, "Slow down waits for the hint and halves the rate") {
    take('a');
    take('b');
    limiter.slow_down("k", Millis(3000));
    loop.advance(Millis(2999));
    CHECK(order == "a");
    loop.advance(Millis(201));
    CHECK(order == "ab");
    limiter.slow_down("unknown", Millis(1));
    CHECK(limiter.buckets() == 1);
}

TEST_CASE_METHOD(Fixture, "A new rate counts at once, with one timer going on") {
    take('a', Lane::single, {0.01, 1});
    for (const char name : {'b', 'c', 'd'}) take(name, Lane::single, {0.01, 1});
    for (int i = 0; i < 5; ++i) limiter.set_rate("k", 100);
    loop.advance(Millis(30));
    CHECK(order == "abcd");
    loop.advance(std::chrono::hours(1));
    CHECK(loop.timers() == 0);
    CHECK_FALSE(limiter.try_take("k", {0.01, 1}));
    CHECK(limiter.try_take("k", {0.01, 1}) == Millis(10));  // configured wins over the default
}

TEST_CASE_METHOD(Fixture, "Buckets at rest are forgotten, configured and waiting ones are kept") {
    limiter.set_rate("configured", 5);
    take('a', Lane::single, {0.0011, 1}, "waiting");
    take('b', Lane::single, {0.0011, 1}, "waiting");
    for (int i = 0; i < 500; ++i) limiter.try_take("rest " + std::to_string(i), {1, 1});
    CHECK(limiter.buckets() == 502);
    clock.advance(std::chrono::minutes(11));
    for (int i = 0; i < 1024; ++i) limiter.try_take("busy", {1, 1});
    CHECK(limiter.buckets() == 3);
    loop.advance(std::chrono::minutes(10));
    CHECK(order == "ab");
}

TEST_CASE_METHOD(Fixture, "The number that may wait is bounded") {
    take('a');
    for (std::size_t i = 0; i < Limiter::max_waiting; ++i) REQUIRE(take('b'));
    CHECK_FALSE(take('c'));
}

TEST_CASE("A timer that outlives its limiter does nothing") {
    ManualClock clock;
    ManualLoop loop(clock);
    bool went = false;
    {
        Limiter limiter(loop, clock);
        limiter.try_take("k", {10, 1});
        limiter.take("k", {10, 1}, Lane::single, [&] { went = true; });
    }
    loop.advance(Millis(1000));
    CHECK_FALSE(went);
}

}  // namespace
}  // namespace dakiya::net
