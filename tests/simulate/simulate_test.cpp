// The simulation itself: a seed is one story, and its checks do find what they look for.
#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include "checks.hpp"
#include "domain/message.hpp"
#include "store/pending_events.hpp"
#include "world.hpp"

using namespace dakiya::simulate;

namespace {

// One node, nothing goes wrong.
Plan calm_plan() {
    Plan plan;
    plan.contacts = 12;
    plan.chaos = dakiya::Millis(2'000);
    return plan;
}

// … but three people are refused, and a further step follows.
Plan plan_with_next_step() {
    Plan plan = calm_plan();
    plan.provider.refused = 3;
    plan.route.steps = 1;
    return plan;
}

// … but one campaign has chunks of so many people, and a node may work on eight of them.
Plan plan_of_chunks(int page) {
    Plan plan = calm_plan();
    plan.contacts = 40;
    plan.page = page;
    plan.chunks = 8;
    return plan;
}

}  // namespace

TEST_CASE("the same seed is the same story") {
    spdlog::set_level(spdlog::level::off);
    for (const std::uint64_t seed : {3U, 9U, 51U}) {
        const Outcome first = simulate(seed);
        const Outcome second = simulate(seed);
        CHECK(first.hash == second.hash);
        CHECK(first.ticks == second.ticks);
        CHECK(first.hash != simulate(seed + 1).hash);
    }
}

TEST_CASE("without trouble everybody is reached and nothing is found") {
    spdlog::set_level(spdlog::level::off);
    World world(1, calm_plan(), false);
    CHECK_FALSE(world.run().finding);
    CHECK(world.provider().ledger().size() == 12);
}

TEST_CASE("a world that is not as it must be is found") {
    spdlog::set_level(spdlog::level::off);
    World world(1, calm_plan(), false);
    REQUIRE_FALSE(world.run().finding);
    std::string invariant;
    const auto spoil = [&](const std::string& sql) { world.observer().execute(sql); };
    SECTION("an outcome is lost") {
        spoil("DELETE FROM outcomes WHERE message_id = (SELECT MIN(message_id) FROM outcomes)");
        invariant = "nobody lost";
    }
    SECTION("a message is lost") {
        spoil("DELETE FROM messages WHERE id = (SELECT MAX(id) FROM messages)");
        invariant = "sums";
    }
    SECTION("a delivered message is called failed") {
        spoil("UPDATE outcomes SET state = 8");
        invariant = "true states";
    }
    SECTION("a message is uncertain without a reason") {
        spoil("UPDATE outcomes SET state = 4");
        invariant = "uncertain only when nobody knows";
    }
    check(world);
    REQUIRE(world.finding());
    CHECK(world.finding()->invariant == invariant);
}

TEST_CASE("a statement that the database refuses is found, and trouble that the story made is not") {
    spdlog::set_level(spdlog::level::off);
    Plan plan = calm_plan();
    SECTION("trouble") {
        plan.store.refused = plan.store.busy = 5;
        plan.wire.garbled = 2;
        CHECK_FALSE(World(1, plan, false).run().finding);
    }
    SECTION("a refusal") {
        World world(1, plan, false);
        world.observer().execute("DROP TABLE suppressions");
        const auto finding = world.run().finding;
        REQUIRE(finding);
        CHECK(finding->invariant == "nothing fails without trouble");
        CHECK(finding->text.find("no such table: suppressions") != std::string::npos);
    }
}

TEST_CASE("a node works on many chunks of one campaign, and others take some of them over") {
    spdlog::set_level(spdlog::level::off);
    Plan plan = plan_of_chunks(2);
    plan.nodes = 2;
    plan.process.crash = 200;
    plan.chaos = dakiya::Millis(10'000);
    plan.calls_per_second = 10;
    World world(1, plan, false);
    std::set<std::string> owners;
    std::int64_t most = 0;
    for (int at = 0; at < 20'000; at += 50)
        world.timeline().after(at, [&] {
            for (const auto& row : world.observer().query(
                     "SELECT SUBSTR(owner, 1, INSTR(owner, ':')), COUNT(*) FROM campaign_chunks "
                     "WHERE done = 0 AND owner <> '' GROUP BY 1")) {
                owners.insert(row.text(0));
                most = std::max(most, row.integer(1));
            }
        });
    CHECK_FALSE(world.run().finding);
    CHECK(world.observer().query("SELECT COUNT(*) FROM campaign_chunks").at(0).integer(0) == 20);
    CHECK(most > 4);
    CHECK(owners.size() > 2);
}

// The first of its two queries had its answer then: what a lost owner had marked was there twice.
TEST_CASE("a chunk whose reading is cut off in the middle is read from the start") {
    spdlog::set_level(spdlog::level::off);
    Plan plan = plan_of_chunks(6);
    plan.nodes = 3;
    plan.chaos = dakiya::Millis(12'000);
    plan.store.lost = 12;
    plan.process.crash = 80;
    plan.route.resend = true;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) CHECK_FALSE(World(seed, plan, false).run().finding);
}

TEST_CASE("a failure that nothing follows is found") {
    spdlog::set_level(spdlog::level::off);
    World world(1, plan_with_next_step(), false);
    REQUIRE_FALSE(world.run().finding);
    REQUIRE(world.observer().execute("DELETE FROM follow_ups") > 0);
    check(world);
    REQUIRE(world.finding());
    CHECK(world.finding()->invariant == "every failure begins the next step");
}

TEST_CASE("what follows a message that had been delivered is found") {
    spdlog::set_level(spdlog::level::off);
    World world(1, plan_with_next_step(), false);
    REQUIRE_FALSE(world.run().finding);
    const auto link = world.observer().query("SELECT message_id, next_id FROM follow_ups LIMIT 1").at(0);
    CHECK(world.chains().objection(link.integer(1)).empty());
    world.observer().execute("UPDATE outcomes SET state = ? WHERE message_id = ?",
                             {static_cast<std::int64_t>(dakiya::domain::State::delivered), link.integer(0)});
    world.chains().look();
    CHECK_FALSE(world.chains().objection(link.integer(1)).empty());
}

TEST_CASE("a second copy of what is known to be sent is found") {
    spdlog::set_level(spdlog::level::off);
    World world(1, calm_plan(), false);
    REQUIRE_FALSE(world.run().finding);
    const dakiya::Id message =
        world.observer().query("SELECT MIN(message_id) FROM outcomes").at(0).integer(0);
    CHECK(world.copies().objection(message).empty());
    dakiya::store::PendingEvent event;
    event.told_sent = message;
    dakiya::store::pending_events::insert(world.observer(), {event});
    world.copies().look();
    CHECK_FALSE(world.copies().objection(message).empty());
}

TEST_CASE("a quota and a limit of people are kept over days, and more than they allow is found") {
    spdlog::set_level(spdlog::level::off);
    Plan plan = calm_plan();
    std::string invariant;
    SECTION("a quota") {
        plan.limits.per_day = 5;
        invariant = "no day has more than its quota";
    }
    SECTION("a limit of people") {
        plan.limits.people = 5;
        invariant = "never more people than the provider allows";
    }
    World world(1, plan, false);
    REQUIRE_FALSE(world.run().finding);
    CHECK(world.provider().ledger().size() == 12);
    CHECK(world.timeline().now() > 24 * 3'600'000);
    Departures at_once(world);
    for (const auto& [ref, entry] : world.provider().ledger())
        at_once.note(*dakiya::parse_id(dakiya::prefix::message, ref), entry.address);
    at_once.check();
    REQUIRE(world.finding());
    CHECK(world.finding()->invariant == invariant);
}

TEST_CASE("a code that can be read in the store is found") {
    spdlog::set_level(spdlog::level::off);
    Plan plan = calm_plan();
    plan.passwords = 3;
    World world(1, plan, false);
    REQUIRE_FALSE(world.run().finding);
    std::uint64_t shown = 0;
    for (const auto& [ref, entry] : world.provider().ledger())
        shown += world.observer().execute("UPDATE messages SET params = ? WHERE id = ? AND origin = 3",
                                          {entry.text, *dakiya::parse_id(dakiya::prefix::message, ref)});
    REQUIRE(shown > 0);
    world.codes().check();
    REQUIRE(world.finding());
    CHECK(world.finding()->invariant == "nobody can read a code");
}

// Else its messages could be taken over before anybody knows that their owner was lost.
TEST_CASE("a process that dies in the middle of its work is gone at once") {
    spdlog::set_level(spdlog::level::off);
    Plan plan = calm_plan();
    plan.nodes = 2;
    plan.process.crash = 30;
    plan.store.busy = 5;
    int deaths = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        World world(seed, plan, false);
        const Outcome outcome = world.run();
        CHECK_FALSE(outcome.finding);
        std::istringstream lines(outcome.trace);
        for (std::string line, next; std::getline(lines, line);) {
            const auto dies = line.find(" dies in the middle");
            if (dies == std::string::npos) continue;
            ++deaths;
            REQUIRE(std::getline(lines, next));
            CHECK(next == line.substr(0, dies) + " is gone");
        }
    }
    CHECK(deaths > 5);
}

// The clock of one node jumps, so it takes a chunk whose owner is alive and calls what that one had marked
// uncertain. Its requests may still leave after a campaign was paused.
TEST_CASE("what a lost owner had marked may leave after a wish that came later") {
    spdlog::set_level(spdlog::level::off);
    World world(1, calm_plan(), false);
    REQUIRE_FALSE(world.run().finding);
    CHECK(world.may_leave().empty());
    world.observer().execute("UPDATE outcomes SET state = 4, code = 'lost_owner'");
    CHECK(world.may_leave().size() == 12);
}
