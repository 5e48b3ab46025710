#include "send/stop_rules.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::send;
using domain::Class;

namespace {

Verdict verdict(Verdict::How how, Class cls = Class::other, std::string text = "said so") {
    Verdict v;
    v.how = how;
    v.cls = cls;
    v.code = "42";
    v.text = std::move(text);
    return v;
}
Verdict failed(Class cls) { return verdict(Verdict::How::failed, cls); }

}  // namespace

TEST_CASE("one refusal of the connection pauses at once") {
    const Class cls = GENERATE(Class::auth, Class::balance, Class::quota, Class::config);
    StopRules rules;
    rules.note(failed(cls));
    REQUIRE(rules.reason());
    CHECK(rules.reason()->find("said so") != std::string::npos);
    CHECK(rules.reason()->find("42") != std::string::npos);
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
        rules.note(verdict(Verdict::How::sent));
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
    rules.note(verdict(Verdict::How::failed, Class::auth, std::string(5'000, 'x')));
    CHECK(rules.reason()->size() <= 500);
    CHECK(rules.reason()->find("then resume") != std::string::npos);
}

TEST_CASE("the first reason stays") {
    StopRules rules;
    rules.note(failed(Class::auth));
    const std::string first = *rules.reason();
    rules.note(failed(Class::balance));
    rules.note(verdict(Verdict::How::sent));
    CHECK(*rules.reason() == first);
}

TEST_CASE("too large a share of failures pauses, whatever they are") {
    StopRules rules({30, 20});
    const Verdict sent = verdict(Verdict::How::sent), bad = failed(Class::recipient);
    for (int i = 0; i < 14; ++i) rules.note(sent);
    for (int i = 0; i < 6; ++i) rules.note(bad);
    CHECK_FALSE(rules.reason());  // 30 % exactly
    rules.note(verdict(Verdict::How::again, Class::throttled));
    CHECK_FALSE(rules.reason());
    rules.note(bad);
    REQUIRE(rules.reason());
    CHECK(rules.reason()->find("7 of the last 20 messages failed (allowed 30 %)") == 0);
    CHECK_FALSE(rules.of_connection());
}

TEST_CASE("the share is of the last messages only, and of enough of them") {
    StopRules rules({30, 20});
    const Verdict bad = failed(Class::recipient);
    for (int i = 0; i < 19; ++i) rules.note(bad);
    CHECK_FALSE(rules.reason());
    StopRules later({30, 20});
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 3; ++i) later.note(verdict(Verdict::How::sent));
        later.note(bad);
    }
    CHECK_FALSE(later.reason());
}
