#include "base/rounds.hpp"

#include <future>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "base/mailbox.hpp"

using namespace dakiya;

namespace {
constexpr std::chrono::hours never{1};  // a test that waits for it has failed
}

TEST_CASE("rounds go on at once while there is more, then wait for the bell") {
    Bell bell;
    std::promise<void> third, rung;
    int n = 0;
    Rounds rounds("test", bell, never, [&] {
        ++n;
        if (n == 3) third.set_value();
        if (n == 4) rung.set_value();
        return n < 3;
    });
    rounds.start();
    third.get_future().get();
    bell.ring();
    rung.get_future().get();
    rounds.stop();
    CHECK(n == 4);
}

TEST_CASE("what a round throws does not end the engine") {
    Bell bell;
    std::promise<void> again;
    int n = 0;
    Rounds rounds("test", bell, never, [&]() -> bool {
        if (++n == 1) throw std::runtime_error("trouble");
        if (n == 2) again.set_value();
        return false;
    });
    rounds.start();
    bell.ring();
    again.get_future().get();
    rounds.stop();
    CHECK(n >= 2);
}

TEST_CASE("stopping is seen inside a round, and a stopped engine may be stopped again") {
    Bell bell;
    std::promise<void> begun;
    Rounds rounds("test", bell, never, [&] {
        begun.set_value();
        while (!rounds.stopping()) std::this_thread::yield();
        return true;
    });
    rounds.start();
    begun.get_future().get();
    rounds.stop();
    rounds.stop();
    CHECK(rounds.stopping());
}

TEST_CASE("a mailbox rings for the first answer and gives out all, in order") {
    Mailbox<int> box;
    for (const int item : {1, 2, 3}) box.put(item);
    CHECK(box.bell.wait_for(std::chrono::milliseconds(0)));
    CHECK(box.take() == std::vector<int>{1, 2, 3});
    CHECK(box.take().empty());
    CHECK_FALSE(box.bell.wait_for(std::chrono::milliseconds(0)));
}

TEST_CASE("what comes quietly while a mailbox is hushed waits for the next ring") {
    Mailbox<int> box;
    const auto rung = [&box] { return box.bell.wait_for(std::chrono::milliseconds(0)); };
    box.hush(true);
    box.put_quietly(1);
    CHECK_FALSE(rung());
    box.put(2);
    CHECK(rung());
    CHECK(box.take() == std::vector<int>{1, 2});

    box.put_quietly(3);
    CHECK_FALSE(rung());
    box.hush(false);
    CHECK(rung());
    box.put_quietly(4);  // rung for already
    CHECK_FALSE(rung());
    CHECK(box.take() == std::vector<int>{3, 4});
    box.put_quietly(5);
    CHECK(rung());
}
