#include "domain/outcome.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

TEST_CASE("what each error class means") {
    struct Row {
        Class error_class;
        std::string word;
        Retry retry;
        bool fallback;
        Suppress suppress;
        Stop stop;
    };
    const auto row = GENERATE(values<Row>({
        {Class::recipient, "recipient", Retry::never, true, Suppress::after_three, Stop::no},
        {Class::opted_out, "opted_out", Retry::never, false, Suppress::at_once, Stop::no},
        {Class::window, "window", Retry::never, true, Suppress::no, Stop::no},
        {Class::content, "content", Retry::never, true, Suppress::no, Stop::after_ten},
        {Class::template_, "template", Retry::never, true, Suppress::no, Stop::after_ten},
        {Class::policy, "policy", Retry::when_told, false, Suppress::no, Stop::after_ten},
        {Class::throttled, "throttled", Retry::after_hint, false, Suppress::no, Stop::no},
        {Class::provider, "provider", Retry::after_hint, true, Suppress::no, Stop::breaker},
        {Class::auth, "auth", Retry::never, true, Suppress::no, Stop::pause_connection},
        {Class::balance, "balance", Retry::never, true, Suppress::no, Stop::pause_connection},
        {Class::quota, "quota", Retry::never, true, Suppress::no, Stop::pause_connection},
        {Class::config, "config", Retry::never, true, Suppress::no, Stop::pause_connection},
        {Class::plugin, "plugin", Retry::once, true, Suppress::no, Stop::quarantine},
        {Class::other, "other", Retry::once, true, Suppress::no, Stop::quarantine},
    }));
    CAPTURE(row.word);
    const Meaning& found = meaning(row.error_class);
    CHECK(found.retry == row.retry);
    CHECK(found.fallback == row.fallback);
    CHECK(found.suppress == row.suppress);
    CHECK(found.stop == row.stop);
    CHECK(to_string(row.error_class) == row.word);
    CHECK(parse_class(row.word) == row.error_class);
}

TEST_CASE("an unknown class is other") {
    CHECK(parse_class("gremlins") == Class::other);
    CHECK(parse_class("") == Class::other);
    CHECK(parse_class("Recipient") == Class::other);
}

TEST_CASE("who is tried again") {
    CHECK_FALSE(may_retry(Class::recipient, 1, Millis(5000)));
    CHECK_FALSE(may_retry(Class::policy, 1, Millis(0)));
    CHECK(may_retry(Class::policy, 1, Millis(1)));
    CHECK(may_retry(Class::throttled, 100, Millis(0)));
    CHECK(may_retry(Class::provider, 100, Millis(0)));
    CHECK(may_retry(Class::other, 1, Millis(0)));
    CHECK_FALSE(may_retry(Class::other, 2, Millis(0)));
}

TEST_CASE("the delay stays in its bounds and reaches both ends") {
    struct Row {
        int attempt;
        std::int64_t top_ms;
    };
    const auto row = GENERATE(values<Row>({{-1, 1000},
                                           {0, 1000},
                                           {1, 1000},
                                           {2, 2000},
                                           {3, 4000},
                                           {8, 128'000},
                                           {9, 256'000},
                                           {10, 300'000},
                                           {1'000'000, 300'000}}));
    CAPTURE(row.attempt);
    const auto top = static_cast<std::uint64_t>(row.top_ms);
    CHECK(retry_delay(Class::provider, row.attempt, Millis(0), 0) == Millis(0));
    CHECK(retry_delay(Class::provider, row.attempt, Millis(0), top) == Millis(row.top_ms));
    CHECK(retry_delay(Class::provider, row.attempt, Millis(0), top + 1) == Millis(0));
    for (std::uint64_t random = 1; random != 0; random <<= 1U) {
        const Millis delay = retry_delay(Class::provider, row.attempt, Millis(0), random);
        CHECK(delay >= Millis(0));
        CHECK(delay <= Millis(row.top_ms));
    }
}

TEST_CASE("a hint is a lower bound for the classes that listen, and has an upper one") {
    CHECK(retry_delay(Class::throttled, 1, Millis(7000), 0) == Millis(7000));
    CHECK(retry_delay(Class::throttled, 1, Millis(7000), 1000) == Millis(8000));
    CHECK(retry_delay(Class::policy, 1, Millis(7000), 0) == Millis(7000));
    CHECK(retry_delay(Class::provider, 1, Millis(7000), 0) == Millis(7000));
    CHECK(retry_delay(Class::plugin, 1, Millis(7000), 0) == Millis(0));
    CHECK(retry_delay(Class::throttled, 1, Millis(-5), 0) == Millis(0));
    CHECK(retry_delay(Class::throttled, 1, Millis::max(), 0) == std::chrono::hours(24));
}
