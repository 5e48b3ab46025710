#include "net/limiter.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <stdexcept>

#include "own_grants.hpp"

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
            clock_.advance(std::max(Millis(0), std::chrono::duration_cast<Millis>(when - clock_.steady())));
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
    OwnGrants grants{clock};
    Limiter limiter{loop, grants, clock};
    std::string order;

    // 99 % of the rate is used, so the interval is a hundredth longer.
    bool take(char name, Lane lane = Lane::single, double per_second = 9.9, const std::string& key = "k",
              std::optional<Steady> not_after = {}) {
        Limiter::Draw draw;
        draw.key = key;
        draw.per_second = per_second / 0.99;
        draw.lane = lane;
        draw.not_after = not_after;
        return limiter.take(std::move(draw), [this, name](const Limiter::Turn& turn) {
            if (turn.go) {
                order += name;
                return;
            }
            order += '-';
            order += name;
            put_back = turn.wait;
        });
    }
    Millis put_back{0};
};

TEST_CASE_METHOD(Fixture, "The first goes at once, the others one by one at the rate") {
    for (const char name : {'a', 'b', 'c', 'd'}) CHECK(take(name, Lane::single, 10));
    CHECK(order == "a");
    loop.advance(Millis(99));
    CHECK(order == "a");
    loop.advance(Millis(1));
    CHECK(order == "ab");
    loop.advance(Millis(200));
    CHECK(order == "abcd");
    loop.advance(std::chrono::hours(1));
    CHECK(loop.timers() == 0);
}

TEST_CASE_METHOD(Fixture, "Nothing is saved up while nothing is sent") {
    take('a', Lane::single, 10);
    loop.advance(std::chrono::minutes(1));
    for (const char name : {'b', 'c'}) take(name, Lane::single, 10);
    CHECK(order == "ab");
}

TEST_CASE_METHOD(Fixture, "One-time passwords overtake, and order holds within a lane") {
    take('0');
    take('c', Lane::campaign);
    take('s', Lane::single);
    take('o', Lane::otp);
    take('d', Lane::campaign);
    take('p', Lane::otp);
    CHECK(order == "0");
    loop.advance(Millis(102));
    CHECK(order == "0o");
    loop.advance(Millis(500));
    CHECK(order == "0opscd");
}

TEST_CASE_METHOD(Fixture, "A one-time password goes into the very next slot of a busy campaign") {
    for (int i = 0; i < 1'000; ++i) take('c', Lane::campaign, 80);
    loop.advance(Millis(1'000));
    order.clear();
    take('o', Lane::otp, 80);
    loop.advance(Millis(13));
    CHECK(order == "o");
}

TEST_CASE_METHOD(Fixture, "Keys do not wait for each other") {
    take('a', Lane::single, 10, "one");
    take('b', Lane::single, 10, "two");
    CHECK(order == "ab");
    CHECK(limiter.keys() == 2);
}

TEST_CASE_METHOD(Fixture, "Permits are fetched in slices, not one by one") {
    for (int i = 0; i < 5'000; ++i) take('c', Lane::campaign, 500);
    loop.advance(Millis(1'000));
    const int asked = grants.asked();
    loop.advance(Millis(4'000));
    CHECK(order.size() >= 2'450);
    CHECK(order.size() <= 2'501);
    CHECK(grants.asked() - asked <= 21);
}

TEST_CASE_METHOD(Fixture, "Room is what has a permit within 50 ms, and asking for it brings permits") {
    CHECK(limiter.room("k", 100, 8, 8) == 0);  // asked for now
    CHECK(limiter.room("k", 100, 8, 8) == 5);
    for (int i = 0; i < 3; ++i) take('c', Lane::campaign, 99);
    CHECK(order == "c");
    CHECK(limiter.room("k", 100, 8, 8) == 2);
    loop.advance(Millis(3'000));
    CHECK(order == "ccc");
    CHECK(limiter.room("k", 100, 8, 8) == 0);  // unused permits are lost
}

TEST_CASE_METHOD(Fixture, "What a fast campaign wishes for is fetched again when half of it is gone") {
    for (int round = 0; round < 100; ++round) {
        const int room = limiter.room("k", 10'000, 10, 400);
        for (int i = 0; i < room; ++i) take('c', Lane::campaign, 10'000);
        loop.advance(Millis(1));
    }
    CHECK(order.size() >= 950);
    CHECK(grants.asked() <= 8);
}

TEST_CASE_METHOD(Fixture, "A stalled process does not catch up") {
    for (int i = 0; i < 100; ++i) take('c', Lane::campaign, 100);
    clock.advance(Millis(150));  // no timer ran
    loop.advance(Millis(0));
    CHECK(order.size() <= 4);
}

TEST_CASE_METHOD(Fixture, "Slow down waits for the hint and halves the rate") {
    take('a', Lane::single, 10);
    take('b', Lane::single, 10);
    take('c', Lane::single, 10);
    limiter.slow_down("k", Millis(3'000));
    loop.advance(Millis(2'999));
    CHECK(order == "a");
    loop.advance(Millis(1));
    CHECK(order == "ab");
    loop.advance(Millis(199));
    CHECK(order == "ab");
    loop.advance(Millis(2));
    CHECK(order == "abc");
    limiter.slow_down("unknown", Millis(1));
    CHECK(limiter.keys() == 1);
}

TEST_CASE_METHOD(Fixture, "A hint is believed for a day at most") {
    take('a', Lane::single, 10);
    take('b', Lane::single, 10);
    limiter.slow_down("k", Millis::max());
    loop.advance(Millis(domain::longest_hint) - Millis(1));
    CHECK(order == "a");
    loop.advance(Millis(1));
    CHECK(order == "ab");
}

TEST_CASE_METHOD(Fixture, "A slow-down reaches the other servers with their next slice") {
    Limiter other(loop, grants, clock);
    take('a', Lane::campaign, 10);
    limiter.slow_down("k", Millis(10'000));
    bool went = false;
    Limiter::Draw draw;
    draw.key = "k";
    draw.per_second = 10 / 0.99;
    other.take(draw, [&](const Limiter::Turn&) { went = true; });
    loop.advance(Millis(9'990));
    CHECK_FALSE(went);
    loop.advance(Millis(20));
    CHECK(went);
}

TEST_CASE_METHOD(Fixture, "Who cannot go before its deadline is told when the key will be free") {
    const Steady deadline = clock.steady() + Millis(4'000);
    take('a', Lane::single, 10, "k", deadline);
    take('b', Lane::single, 10, "k", deadline);
    take('c', Lane::single, 10, "k", clock.steady() + Millis(60'000));
    limiter.slow_down("k", Millis(30'000));
    CHECK(order == "a-b");
    CHECK(put_back >= Millis(30'000));
    take('d', Lane::single, 10, "k", deadline);
    CHECK(order == "a-b-d");
    CHECK(put_back >= Millis(30'000));
    loop.advance(Millis(30'000));
    CHECK(order == "a-b-dc");
}

TEST_CASE_METHOD(Fixture, "A deadline that passes while others overtake ends the wait") {
    take('c', Lane::campaign, 10, "k", clock.steady() + Millis(250));
    take('d', Lane::campaign, 10, "k", clock.steady() + Millis(250));
    for (int i = 0; i < 3; ++i) take('s', Lane::single, 10);
    loop.advance(Millis(260));
    CHECK(order == "css-d");
}

TEST_CASE_METHOD(Fixture, "A reported rate comes with the next slice") {
    take('a', Lane::single, 0.1);
    limiter.report("k", 0.1 / 0.99, 1'000);
    for (const char name : {'b', 'c', 'd'}) take(name, Lane::single, 0.1);
    loop.advance(Millis(10'000));
    loop.advance(Millis(30));
    CHECK(order == "abcd");
}

TEST_CASE_METHOD(Fixture, "One that needs several permits collects them") {
    Limiter::Draw draw;
    draw.key = "k";
    draw.per_second = 10 / 0.99;
    draw.permits = 4;
    draw.lane = Lane::campaign;
    limiter.take(draw, [this](const Limiter::Turn&) { order += '4'; });
    take('s', Lane::single, 10);
    loop.advance(Millis(300));
    CHECK(order == "s");
    loop.advance(Millis(101));
    CHECK(order == "s4");
}

TEST_CASE_METHOD(Fixture, "While the store is away they wait, and go on when it is back") {
    struct Away final : GrantSource {
        OwnGrants own;
        bool away = true;
        explicit Away(const Clock& clock) : own(clock) {}
        void ask(const GrantRequest& request, Answer answer) override {
            if (away) return answer(std::nullopt);
            own.ask(request, std::move(answer));
        }
        void slow_down(const std::string&, Millis) override {}
        void report(const std::string&, double, double) override {}
    } source{clock};
    Limiter lone(loop, source, clock);
    bool went = false;
    Limiter::Draw draw;
    draw.key = "k";
    lone.take(draw, [&](const Limiter::Turn&) { went = true; });
    loop.advance(Millis(2'000));
    CHECK_FALSE(went);
    source.away = false;
    loop.advance(Millis(501));
    CHECK(went);
}

TEST_CASE_METHOD(Fixture, "Keys at rest are forgotten, those that wait are kept") {
    take('a', Lane::single, 0.0011, "waiting");
    take('b', Lane::single, 0.0011, "waiting");
    for (int i = 0; i < 500; ++i) take('r', Lane::single, 1, "rest " + std::to_string(i));
    CHECK(limiter.keys() == 501);
    clock.advance(std::chrono::minutes(11));
    for (int i = 0; i < 1'024; ++i) limiter.room("busy", 1, 1, 1);
    CHECK(limiter.keys() == 2);
}

TEST_CASE_METHOD(Fixture, "The number that may wait is bounded") {
    take('a');
    for (std::size_t i = 0; i < Limiter::max_waiting; ++i) REQUIRE(take('b'));
    CHECK_FALSE(take('c'));
    CHECK(grants.asked() < 10);  // however many wait, others find free slots within the second
}

TEST_CASE("A timer or an answer that outlives its limiter does nothing") {
    ManualClock clock;
    ManualLoop loop(clock);
    struct Late final : GrantSource {
        Answer answer;
        void ask(const GrantRequest&, Answer later) override { answer = std::move(later); }
        void slow_down(const std::string&, Millis) override {}
        void report(const std::string&, double, double) override {}
    } source;
    bool went = false;
    {
        Limiter limiter(loop, source, clock);
        Limiter::Draw draw;
        draw.key = "k";
        draw.not_after = clock.steady() + Millis(500);
        limiter.take(draw, [&](const Limiter::Turn&) { went = true; });
    }
    Granted granted;
    granted.count = 1;
    granted.first = clock.steady();
    source.answer(granted);
    loop.advance(Millis(1'000));
    CHECK_FALSE(went);
}

}  // namespace
}  // namespace dakiya::net
