#include "domain/stop_rules.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

using How = Ending::How;

Ending ending(How how, Class cls = Class::other, std::string text = "said so", std::int64_t begun_at = 1) {
    return {how, cls, "42", std::move(text), begun_at};
}
Ending failed(Class cls, std::int64_t begun_at = 1) { return ending(How::failed, cls, "said so", begun_at); }

}  // namespace

TEST_CASE("one refusal of the connection pauses at once") {
    const Class cls = GENERATE(Class::auth, Class::balance, Class::quota, Class::config);
    StopRules rules;
    rules.note(failed(cls));
    REQUIRE(rules.reason());
    CHECK(rules.reason()->of_connection);
    CHECK(rules.reason()->text.find("said so") != std::string::npos);
    CHECK(rules.reason()->text.find("42") != std::string::npos);
}

TEST_CASE("ten refusals of the content in a row pause, nine do not") {
    const Class cls = GENERATE(Class::content, Class::template_, Class::policy);
    StopRules rules;
    for (int i = 0; i < 9; ++i) rules.note(failed(cls));
    CHECK_FALSE(rules.reason());
    SECTION("the tenth does") {
        rules.note(failed(cls));
        CHECK(rules.reason());
    }
    SECTION("a message that was sent begins anew") {
        rules.note(ending(How::good));
        rules.note(failed(cls));
        CHECK_FALSE(rules.reason());
    }
    SECTION("another class begins anew") {
        rules.note(failed(cls == Class::policy ? Class::content : Class::policy));
        rules.note(failed(cls));
        CHECK_FALSE(rules.reason());
    }
    SECTION("failures of single recipients do not count, and do not interrupt") {
        rules.note(failed(Class::recipient));
        rules.note(failed(cls));
        CHECK(rules.reason());
    }
}

TEST_CASE("what concerns one recipient, or passes, never pauses") {
    const Class cls =
        GENERATE(Class::recipient, Class::opted_out, Class::window, Class::throttled, Class::provider);
    StopRules rules({100, 200});  // without the slope
    for (int i = 0; i < 1'000; ++i) rules.note(failed(cls));
    CHECK_FALSE(rules.reason());
}

TEST_CASE("long words of a provider leave room for the advice") {
    StopRules rules;
    rules.note(ending(How::failed, Class::auth, std::string(5'000, 'x')));
    CHECK(rules.reason()->text.size() <= 500);
    CHECK(rules.reason()->text.find("then resume") != std::string::npos);
}

TEST_CASE("the first reason stays") {
    StopRules rules;
    rules.note(failed(Class::auth));
    const std::string first = rules.reason()->text;
    rules.note(failed(Class::balance));
    rules.note(ending(How::good));
    CHECK(rules.reason()->text == first);
}

TEST_CASE("too large a share of failures pauses, whatever they are") {
    StopRules rules({30, 20});
    const Ending sent = ending(How::good), bad = failed(Class::recipient);
    for (int i = 0; i < 14; ++i) rules.note(sent);
    for (int i = 0; i < 6; ++i) rules.note(bad);
    CHECK_FALSE(rules.reason());  // 30 % exactly
    rules.note(ending(How::again, Class::throttled));
    CHECK_FALSE(rules.reason());
    rules.note(bad);
    REQUIRE(rules.reason());
    CHECK(rules.reason()->text.find("7 of the last 20 messages failed (allowed 30 %)") == 0);
    CHECK_FALSE(rules.reason()->of_connection);
}

TEST_CASE("the share is of the last messages only, and of enough of them") {
    StopRules rules({30, 20});
    const Ending bad = failed(Class::recipient);
    for (int i = 0; i < 19; ++i) rules.note(bad);
    CHECK_FALSE(rules.reason());
    StopRules later({30, 20});
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 3; ++i) later.note(ending(How::good));
        later.note(bad);
    }
    CHECK_FALSE(later.reason());
}

TEST_CASE("the reason names the oldest attempt that it rests on") {
    SECTION("one refusal") {
        StopRules rules;
        rules.note(failed(Class::balance, 77));
        CHECK(rules.reason()->begun_at == 77);
    }
    SECTION("ten in a row") {
        StopRules rules;
        rules.note(failed(Class::content, 1));
        rules.note(ending(How::good));
        for (const int at : {20, 21, 22, 23, 24, 15, 26, 27, 28, 29}) rules.note(failed(Class::content, at));
        REQUIRE(rules.reason());
        CHECK(rules.reason()->begun_at == 15);
    }
    SECTION("a share") {
        StopRules rules({30, 10});
        rules.note(ending(How::good, Class::other, "", 1));
        for (const int at : {20, 21, 22, 13, 24, 25, 26, 27, 28, 29})
            rules.note(failed(Class::recipient, at));
        REQUIRE(rules.reason());
        CHECK(rules.reason()->begun_at == 1);
    }
}

TEST_CASE("begun anew: what was begun before counts no more") {
    StopRules rules({30, 10});
    rules.note(failed(Class::auth, 99));
    REQUIRE(rules.reason());
    rules.begin_anew(100);
    CHECK_FALSE(rules.reason());
    rules.note(failed(Class::auth, 99));
    for (int i = 0; i < 20; ++i) rules.note(failed(Class::content, 99));
    CHECK_FALSE(rules.reason());
    for (int i = 0; i < 9; ++i) rules.note(failed(Class::recipient, 100));
    CHECK_FALSE(rules.reason());
    rules.note(failed(Class::recipient, 100));
    CHECK(rules.reason());
}
