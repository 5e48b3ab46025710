#include "base/queue.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <numeric>
#include <thread>

#include <catch2/catch.hpp>

using dakiya::Queue;

TEST_CASE("a queue is first in, first out, and holds things that only move") {
    Queue<std::unique_ptr<int>> queue(3);
    for (int i = 1; i <= 3; ++i) REQUIRE(queue.push(std::make_unique<int>(i)));
    for (int i = 1; i <= 3; ++i) CHECK(**queue.pop() == i);
}

TEST_CASE("pop_some takes what is there, up to the number asked for") {
    Queue<int> queue(10);
    for (int i = 0; i < 5; ++i) REQUIRE(queue.push(i));
    CHECK(queue.pop_some(3) == std::vector<int>{0, 1, 2});
    CHECK(queue.pop_some(3) == std::vector<int>{3, 4});
}

TEST_CASE("a closed queue gives out what it has and takes no more") {
    Queue<int> queue(10);
    REQUIRE(queue.push(1));
    queue.close();
    CHECK_FALSE(queue.push(2));
    CHECK(queue.pop() == 1);
    CHECK(queue.pop() == std::nullopt);
    CHECK(queue.pop_some(5).empty());
}

TEST_CASE("close wakes who waits for an item, and who waits for space") {
    Queue<int> empty(1), full(1);
    REQUIRE(full.push(1));
    auto popped = std::async(std::launch::async, [&] { return empty.pop(); });
    auto pushed = std::async(std::launch::async, [&] { return full.push(2); });
    empty.close();
    full.close();
    CHECK(popped.get() == std::nullopt);
    CHECK_FALSE(pushed.get());
}

TEST_CASE("between threads nothing is lost and nothing comes twice") {
    constexpr int producers = 4, each = 2000;
    Queue<int> queue(7);  // far smaller than what passes through: pushes must wait
    std::vector<std::thread> threads;
    for (int p = 0; p < producers; ++p)
        threads.emplace_back([&queue, p] {
            for (int i = 0; i < each; ++i) queue.push(p * each + i);
        });
    auto consume = [&queue] {
        std::vector<int> taken;
        while (true) {
            const auto some = queue.pop_some(5);
            if (some.empty()) return taken;
            taken.insert(taken.end(), some.begin(), some.end());
        }
    };
    auto one = std::async(std::launch::async, consume);
    auto two = std::async(std::launch::async, consume);
    for (auto& thread : threads) thread.join();
    queue.close();
    std::vector<int> all = one.get();
    const std::vector<int> rest = two.get();
    all.insert(all.end(), rest.begin(), rest.end());
    std::sort(all.begin(), all.end());
    std::vector<int> expected(producers * each);
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(all == expected);
}
