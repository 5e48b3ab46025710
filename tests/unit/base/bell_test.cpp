#include "base/bell.hpp"

#include <future>

#include <catch2/catch.hpp>

using dakiya::Bell;
using namespace std::chrono_literals;

TEST_CASE("a ring while nobody waits is remembered, once") {
    Bell bell;
    bell.ring();
    bell.ring();
    CHECK(bell.wait_for(1min));
    CHECK_FALSE(bell.wait_for(0ms));
}

TEST_CASE("without a ring the time passes") {
    Bell bell;
    CHECK_FALSE(bell.wait_for(1ms));
}

TEST_CASE("a ring from another thread wakes") {
    Bell bell;
    auto woken = std::async(std::launch::async, [&] { return bell.wait_for(1min); });
    bell.ring();
    CHECK(woken.get());
}
