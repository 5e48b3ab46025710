// The judge is judged: each way to fail is found, and a good end is called good.
#include <catch2/catch.hpp>

#include "faults.hpp"
#include "judge.hpp"

using namespace chaos;

namespace {

const Expected three{3, true, false, {{State::delivered, 2}, {State::failed, 1}}, {}};
const std::vector<Fate> fates{
    {1, "911", State::delivered, ""}, {2, "912", State::delivered, ""}, {3, "913", State::failed, ""}};
const std::vector<Accepted> accepted{{"911", false}, {"912", false}, {"913", true}};

}  // namespace

TEST_CASE("a good end is good") {
    const Findings findings = judge(three, fates, accepted, {});
    CHECK(findings.good());
    CHECK(findings.examples.empty());
}

TEST_CASE("each way to fail is found") {
    Expected expected = three;
    std::vector<Fate> seen = fates;
    std::vector<Accepted> took = accepted;
    History history;
    SECTION("accepted twice") {
        took.push_back({"911", false});
        CHECK(judge(expected, seen, took, history).duplicated == 1);
    }
    SECTION("called delivered and never taken") {
        took.erase(took.begin());
        CHECK(judge(expected, seen, took, history).lost == 1);
    }
    SECTION("called failed although the provider did not say so") {
        took[2].failed = false;
        CHECK(judge(expected, seen, took, history).lost == 1);
    }
    SECTION("failed by us: only if the provider never took it") {
        seen[2].code = "lost_owner";
        took[2].failed = false;
        CHECK(judge(expected, seen, took, history).lost == 1);
        took.pop_back();
        const Findings findings = judge(expected, seen, took, history);
        CHECK(findings.good());
        CHECK(findings.unsent == 1);
    }
    SECTION("a message is missing") {
        seen.pop_back();
        took.pop_back();
        const Findings findings = judge(expected, seen, took, history);
        CHECK(findings.lost == 1);
        CHECK(findings.miscounted == 1);
    }
    SECTION("taken from us and unknown to us") {
        took.push_back({"919", false});
        CHECK(judge(expected, seen, took, history).lost == 1);
    }
    SECTION("still queued") {
        seen[0].state = State::queued;
        CHECK(judge(expected, seen, took, history).stuck == 1);
    }
    SECTION("uncertain although the provider has told") {
        seen[0].state = State::uncertain;
        CHECK(judge(expected, seen, took, history).unexplained == 1);
        expected.correlating = false;
        CHECK(judge(expected, seen, took, history).unexplained == 0);
    }
    SECTION("uncertain although no answer was lost") {
        expected.certain = true;
        seen[0].state = State::uncertain;
        took.erase(took.begin());
        CHECK(judge(expected, seen, took, history).unexplained == 1);
    }
    SECTION("the statistics are wrong") {
        expected.counted[State::delivered] = 3;
        CHECK(judge(expected, seen, took, history).miscounted == 1);
    }
    SECTION("a message moved back") {
        history.see(fates);
        seen[0].state = State::sent;
        history.see(seen);
        seen[0].state = State::delivered;
        CHECK(judge(expected, seen, took, history).backwards == 1);
    }
}

TEST_CASE("what was uncertain and is not any more is settled") {
    History history;
    history.see({{1, "911", State::uncertain, ""}, {2, "912", State::queued, ""}});
    history.see(fates);
    CHECK(history.backwards() == 0);
    CHECK(judge(three, fates, accepted, history).settled == 1);
}

TEST_CASE("only what a lost owner had left may be queued again") {
    const auto [code, backwards] = GENERATE(table<std::string, int>({{"lost_owner", 0}, {"timeout", 1}}));
    History history;
    history.see({{1, "911", State::uncertain, code}});
    history.see({{1, "911", State::queued, ""}});
    CHECK(history.backwards() == backwards);
}

TEST_CASE("a seed is a trial") {
    Draw from;
    from.kinds.insert(all_kinds().begin(), all_kinds().end());
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const Plan plan = draw(seed, from);
        CHECK(plan.describe() == draw(seed, from).describe());
        CHECK(!plan.faults.empty());
        CHECK(plan.servers >= 1);
        CHECK(plan.servers <= 4);
    }
    CHECK(draw(1, from).describe() != draw(2, from).describe());
    CHECK_THROWS_WITH(kind_of("fire"), Catch::Contains("swallow_db"));
}
