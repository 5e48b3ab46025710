#include "send/window.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

using namespace dakiya;
using dakiya::send::Window;

TEST_CASE("the cursor never passes an id that is not settled, in whatever order they settle") {
    std::mt19937 random(20'261'120);
    for (int round = 0; round < 300; ++round) {
        Window window;
        std::vector<Id> open;
        Id next = 1;
        while (next < 200 || !open.empty()) {
            if (next < 200 && (open.empty() || random() % 2 == 0)) {
                for (auto n = 1 + random() % 10; n > 0; --n, next += static_cast<Id>(1 + random() % 3)) {
                    window.intend(next);
                    open.push_back(next);
                }
            } else {
                const auto victim = open.begin() + static_cast<std::ptrdiff_t>(random() % open.size());
                window.settle(*victim);
                open.erase(victim);
            }
            const Id expected = open.empty() ? next : *std::min_element(open.begin(), open.end());
            REQUIRE(window.cursor(next) == expected);
        }
    }
}

TEST_CASE("an id that is not in the window is ignored") {
    Window window;
    window.intend(10);
    window.intend(20);
    for (const Id stranger : {Id{5}, Id{15}, Id{25}}) window.settle(stranger);
    CHECK(window.cursor(21) == 10);
    window.settle(20);
    window.settle(20);
    CHECK(window.cursor(21) == 10);
    window.settle(10);
    CHECK(window.cursor(21) == 21);
}
