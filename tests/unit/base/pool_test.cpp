#include "base/pool.hpp"

#include <future>
#include <stdexcept>

#include <catch2/catch.hpp>

using dakiya::Pool;

namespace {
void fail() { throw std::runtime_error("trouble"); }
}  // namespace

TEST_CASE("what a piece of work throws does not end its worker, and all others run") {
    Pool pool("test", 1);
    std::promise<void> next, last;
    pool.post_all({fail, [&next] { next.set_value(); }, fail});
    pool.post([&last] { last.set_value(); });
    next.get_future().get();
    last.get_future().get();
}

TEST_CASE("without threads whoever runs a piece of work hears what it throws") {
    Pool pool("test", 0);
    bool ran = false;
    pool.post_all({fail, [&ran] { ran = true; }});
    CHECK_THROWS_AS(pool.run_one(), std::runtime_error);
    CHECK(pool.run_one());
    CHECK(ran);
    CHECK_FALSE(pool.run_one());
}
