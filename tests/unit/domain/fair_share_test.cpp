#include "domain/fair_share.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

Steady at(std::int64_t ms) { return Steady(Millis(ms)); }

std::vector<Holder> held(const std::vector<Party>& parties) {
    std::vector<Holder> holders;
    for (const Party& party : parties)
        holders.push_back({party, at(static_cast<std::int64_t>(holders.size()))});
    return holders;
}

constexpr Party big{1, 10}, big_too{1, 11}, small{2, 20}, third{3, 30};

}  // namespace

TEST_CASE("a free slot goes to the tenant with the fewest, then to the campaign with the fewest") {
    const std::vector<Party> waiting{big, big_too, small};
    CHECK(next_in_turn(waiting, {}, 8, at(0)) == 0U);
    CHECK(next_in_turn(waiting, held({big}), 8, at(0)) == 2U);
    CHECK(next_in_turn(waiting, held({big, small}), 8, at(0)) == 1U);
    CHECK_FALSE(next_in_turn({}, held({big}), 8, at(0)));
}

TEST_CASE("a lone tenant may have all slots") {
    const std::vector<Party> waiting{big};
    CHECK(next_in_turn(waiting, held({big, big, big}), 4, at(0)) == 0U);
    CHECK_FALSE(next_in_turn(waiting, held({big, big, big, big}), 4, at(60'000)));
}

TEST_CASE("a newcomer gets a slot at once when another has two more, and that one gives one back") {
    const std::vector<Party> waiting{big, small};
    const auto full = held({big, big, big_too, big});
    CHECK(next_in_turn(waiting, full, 4, at(0)) == 1U);
    auto over = full;
    over.push_back({small, at(100)});
    CHECK(to_yield(over) == 0U);
}

TEST_CASE("shares that differ by one are left alone") {
    const std::vector<Party> waiting{big, small};
    CHECK_FALSE(next_in_turn(waiting, held({big, big, small}), 3, at(60'000)));
    CHECK_FALSE(next_in_turn(waiting, held({big, big, small, small}), 4, at(60'000)));
}

TEST_CASE("the campaigns of one tenant share its slots") {
    const std::vector<Party> waiting{big_too};
    CHECK(next_in_turn(waiting, held({big, big, small, small}), 4, at(0)) == 0U);
    CHECK_FALSE(next_in_turn(waiting, held({big, big_too, small, small}), 4, at(60'000)));
}

TEST_CASE("more tenants than slots take turns of two seconds") {
    const std::vector<Party> waiting{third};
    const auto full = held({big, small});
    CHECK_FALSE(next_in_turn(waiting, full, 2, at(1'000)));
    CHECK(next_in_turn(waiting, full, 2, at(2'000)) == 0U);
    auto over = full;
    over.push_back({third, at(2'000)});
    CHECK(to_yield(over) == 0U);
}
