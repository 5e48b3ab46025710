// The rules of routes.
#include "domain/route.hpp"

#include <catch2/catch.hpp>

#include "domain/admission.hpp"

using namespace dakiya;
using namespace dakiya::domain;

namespace {

const std::string connection = format_id(prefix::connection, 61);

Json one_step(std::initializer_list<Json::Member> more = {}) {
    Json json{{"connection", connection}, {"content", Json{{"kind", "text"}, {"text", "Hi"}}}};
    for (const auto& [name, value] : more) json.set(name, value);
    return Json::array({json});
}

std::string refused(const Json& json) {
    const auto steps = parse_steps(json, "fallback");
    return steps ? "" : steps.error().field;
}

}  // namespace

TEST_CASE("steps are read strictly and written as they were read") {
    const auto steps = parse_steps(one_step({{"channel", "sms"}, {"after_s", 600}}), "fallback");
    REQUIRE(steps);
    CHECK(steps->at(0).connection == 61);
    CHECK(steps->at(0).rule.after_ms == 600'000);
    CHECK(steps->at(0).rule.on_failure);
    const auto again = parse_steps(to_json(*steps), "fallback");
    REQUIRE(again);
    CHECK(to_json(*again) == to_json(*steps));
    CHECK(first_rule(to_json(*steps))->after_ms == 600'000);
    CHECK_FALSE(first_rule(Json()));
    CHECK_FALSE(first_rule(Json::array()));

    CHECK(refused(Json::object()) == "fallback");
    CHECK(refused(Json::array({"x"})) == "fallback[0]");
    CHECK(refused(Json::array({Json::object()})) == "fallback[0].connection");
    CHECK(refused(Json::array({Json{{"connection", connection}}})) == "fallback[0].content");
    CHECK(refused(one_step({{"after", 5}})) == "fallback[0].after");
    CHECK(refused(one_step({{"after_s", -1}})) == "fallback[0].after_s");
    CHECK(refused(one_step({{"after_s", longest_after_s + 1}})) == "fallback[0].after_s");
    CHECK(refused(one_step({{"on_failure", 1}})) == "fallback[0].on_failure");
    CHECK(refused(one_step({{"channel", ""}})) == "fallback[0].channel");
    CHECK(refused(one_step({{"on_failure", false}})) == "fallback[0]");  // it would never begin
    Json many = Json::array();
    for (int i = 0; i < 4; ++i) many.push_back(one_step().at(std::size_t{0}));
    CHECK(refused(many) == "fallback");
}

TEST_CASE("when the next step begins") {
    const StepRule failures{0, true}, either{60'000, true}, deadline{60'000, false};
    const std::int64_t sent = 1'000, settled = 500'000;
    const auto due = [&](const StepRule& rule, State state, Class cls = Class::recipient,
                         std::string_view skip = {}) {
        return step_due(rule, {state, cls, skip, sent}, settled);
    };
    CHECK(due(failures, State::failed) == sent);
    CHECK(due(either, State::failed) == sent);
    CHECK(due(deadline, State::failed) == sent + 60'000);
    for (const Class cls : {Class::opted_out, Class::policy, Class::throttled})
        CHECK_FALSE(due(either, State::failed, cls));
    CHECK_FALSE(due(failures, State::sent));
    CHECK(due(either, State::sent) == sent + 60'000);
    CHECK(due(failures, State::uncertain) == settled);
    CHECK(step_due(either, {State::uncertain, Class::other, {}, sent}, 2'000) == sent + 60'000);
    CHECK(due(failures, State::skipped, Class::other, reason::no_address) == sent);
    CHECK(due(failures, State::skipped, Class::other, reason::invalid_address) == sent);
    for (const auto skip : {reason::suppressed, reason::missing_variable, reason::delivered_before})
        CHECK_FALSE(due(either, State::skipped, Class::other, skip));
    for (const State state : {State::queued, State::sending, State::cancelled, State::delivered, State::read})
        CHECK_FALSE(due(either, state));
}

TEST_CASE("which news overtake a message that follows another") {
    for (const bool direct : {true, false}) {
        for (const State state : {State::delivered, State::read}) {
            CHECK(overtaken(Follows::retry, state, direct) == reason::reached_before);
            CHECK(overtaken(Follows::failure, state, direct) == reason::delivered_before);
            CHECK(overtaken(Follows::silence, state, direct) == reason::delivered_before);
        }
        for (const State state : {State::queued, State::failed, State::uncertain, State::skipped})
            for (const Follows follows : {Follows::retry, Follows::failure, Follows::silence})
                CHECK(overtaken(follows, state, direct).empty());
        CHECK(overtaken(Follows::retry, State::sent, direct) == reason::reached_before);
        CHECK(overtaken(Follows::silence, State::sent, direct).empty());
    }
    CHECK(overtaken(Follows::failure, State::sent, true) == reason::reached_before);
    CHECK(overtaken(Follows::failure, State::sent, false).empty());
}
