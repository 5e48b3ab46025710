#include "domain/pace.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

constexpr Micros second = 1'000'000;
constexpr Micros start = 1'795'000'000 * second;

Pace at_rate(double per_second) {
    Pace pace;
    publish(pace, per_second, start);
    return pace;
}

// Most moments in any window of one second.
std::size_t worst_second(std::vector<Micros> moments) {
    std::sort(moments.begin(), moments.end());
    std::size_t worst = 0, first = 0;
    for (std::size_t last = 0; last < moments.size(); ++last) {
        while (moments[last] - moments[first] >= second) ++first;
        worst = std::max(worst, last - first + 1);
    }
    return worst;
}

}  // namespace

TEST_CASE("slots lie one behind the other at the rate, and nothing is saved up") {
    Pace pace = at_rate(100);
    const Slots one = grant(pace, start, 5, false);
    CHECK(one.count == 5);
    CHECK(one.first == start);
    CHECK(one.every == std::chrono::nanoseconds(10'101'011));  // 99 in a second
    const Slots two = grant(pace, start, 5, false);
    CHECK(two.first == start + 50'506);
    const Slots later = grant(pace, start + 60 * second, 1, false);
    CHECK(later.first == start + 60 * second);
}

TEST_CASE("a grant holds 200 ms of slots at most, and one at least") {
    Pace pace = at_rate(100);
    CHECK(grant(pace, start, 1'000, true).count == 20);
    Pace slow = at_rate(0.01);
    CHECK(grant(slow, start, 1'000, true).count == 1);
}

TEST_CASE("campaigns take no slot far ahead, urgent messages take the next wherever it is") {
    Pace pace = at_rate(100);
    CHECK(grant(pace, start, 20, false).count == 20);
    CHECK(grant(pace, start, 20, false).count == 20);  // from 202 ms on
    const Pace before = pace;
    const Slots none = grant(pace, start, 20, false);
    CHECK(none.count == 0);
    CHECK(none.again == start + 404'042 - 250'000);
    CHECK(pace == before);
    CHECK(grant(pace, start, 1, true).first == start + 404'042);
    CHECK(grant(pace, none.again + 11'000, 1, false).count == 1);
}

TEST_CASE("throttled: half the rate at once, at most once a second, and a sixteenth a calm second back") {
    Pace pace = at_rate(160);
    slow_down(pace, start, Millis(0));
    slow_down(pace, start + second / 2, Millis(0));
    CHECK(pace.rate == Approx(80 + 5));
    slow_down(pace, start + second, Millis(0));
    CHECK(pace.rate == Approx((80 + 10) / 2.0));
    for (int i = 2; i < 20; ++i) slow_down(pace, start + i * second, Millis(0));
    CHECK(pace.rate >= 10);
    grant(pace, start + 19 * second + 100 * second, 1, false);
    CHECK(pace.rate == 160);
}

TEST_CASE("nothing goes, and nothing recovers, before the provider's hint is over") {
    Pace pace = at_rate(160);
    slow_down(pace, start, Millis(60'000));
    const Slots none = grant(pace, start + second, 1, true);
    CHECK(none.count == 0);
    CHECK(none.again == start + 60 * second - 250'000);
    CHECK(grant(pace, none.again, 1, true).first == start + 60 * second);
    CHECK(pace.rate == 80);
    slow_down(pace, start, std::chrono::hours(100));
    CHECK(pace.blocked_until == start + 24 * 3600 * second);
}

TEST_CASE("what the provider reports holds until the settings change") {
    Pace pace = at_rate(80);
    report(pace, 1'000, start);
    publish(pace, 80, start);  // every server still says so
    CHECK(pace.configured == 1'000);
    publish(pace, 50, start);
    CHECK(pace.configured == 50);
}

TEST_CASE("a clock that went back does not silence a limit") {
    Pace pace = at_rate(100);
    grant(pace, start, 20, false);
    const Slots slots = grant(pace, start - 3'600 * second, 20, false);
    CHECK(slots.count == 20);
    CHECK(slots.first == start - 3'600 * second);
}

TEST_CASE("four servers that ask at random keep to the rate in every second, and use nearly all of it") {
    const double rate = GENERATE(1.0, 7.0, 80.0, 333.0, 1'000.0);
    std::mt19937_64 random(static_cast<std::uint64_t>(rate) + 4);
    const auto up_to = [&](Micros most) {
        return static_cast<Micros>(random() % static_cast<std::uint64_t>(most));
    };
    Pace pace = at_rate(rate);
    struct Server {
        Micros asks_at, has_until;
    };
    std::vector<Server> servers(4, {start, start});
    std::vector<Micros> moments;
    const Micros end = start + 100 * second;
    for (;;) {
        const auto next =
            std::min_element(servers.begin(), servers.end(),
                             [](const auto& one, const auto& other) { return one.asks_at < other.asks_at; });
        const Micros now = next->asks_at;
        if (now >= end) break;
        const Slots slots = grant(pace, now, 1 + static_cast<int>(up_to(300)), up_to(10) == 0);
        for (int i = 0; i < slots.count; ++i)
            moments.push_back(slots.first + i * slots.every.count() / 1'000);
        // A hundred milliseconds before its slots end, a little late now and then.
        const Micros again = slots.count == 0
                                 ? slots.again
                                 : slots.first + slots.count * slots.every.count() / 1'000 - second / 10;
        next->asks_at = std::max(now, again) + up_to(second / 50);
    }
    CHECK(static_cast<double>(worst_second(moments)) <= rate);
    const auto within = std::count_if(moments.begin(), moments.end(), [&](Micros at) { return at < end; });
    CHECK(static_cast<double>(within) >= 0.98 * rate * 100);
}
