// A provider's limit on the people that a business may write to first in 24 hours: counted over all
// connections of the business and all servers, each person once.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "domain/people_limit.hpp"
#include "store/connections.hpp"
#include "store/portfolios.hpp"
#include "store/quotas.hpp"
#include "store/templates.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;

namespace {

constexpr Id other_number = 61;
constexpr Millis window{(24 * 60 + 15) * 60'000};

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

// Two numbers of one business.
struct Business : World {
    explicit Business(std::int64_t per_day) : World(both()) {
        writer.run([&](store::Session& session) {
            auto number = *store::connections::find(session, scope, connection);
            number.id = other_number;
            store::connections::create(session, number);
            for (const Id id : {connection, other_number}) {
                store::Template hello;
                hello.name = "hello";
                hello.language = "en";
                hello.category = "marketing";
                hello.status = "approved";
                store::templates::upsert(session, scope, id, {&hello, 1});
                session.execute("UPDATE connections SET settings = '{\"business\":\"b1\"}' WHERE id = ?",
                                {id});
            }
            const auto made = store::portfolios::with(session, scope, "scripted:b1", connection);
            store::portfolios::set_limit(session, made.id, per_day);
        });
    }

    Id add_templates(Id through = connection) {
        const Id id = add_campaign();
        execute(
            "UPDATE campaigns SET channel = 'whatsapp', content = "
            "'{\"kind\":\"template\",\"template\":{\"name\":\"hello\",\"language\":\"en\"}}', connection_id "
            "= " +
            std::to_string(through) + " WHERE id = " + std::to_string(id));
        return id;
    }

    void set_limit(std::int64_t per_day) {
        writer.run([&](store::Session& session) {
            REQUIRE(store::portfolios::set_limit_of(session, scope, connection, per_day));
            store::holds::hurry(session, scope, clock.now_ms());
        });
    }

    // So many campaigns are held, and nothing is leased or on its way.
    bool at_rest(std::int64_t held) {
        return number("SELECT COUNT(*) FROM campaign_holds") == held &&
               number("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''") == 0;
    }

    std::int64_t people() { return number("SELECT SUM(people) FROM portfolio_slots"); }
    bool completed(Id id) { return campaign(id).state == CampaignState::completed; }
};

}  // namespace

TEST_CASE(
    "a campaign writes to as many people as the business may, and to the next ones when these have left") {
    Business world(30);
    world.add_contacts(50);
    const Id campaign = world.add_templates();
    Node node(world);
    node.start();
    world.until([&] { return world.at_rest(1); });
    CHECK(world.provider.requests() == 30);
    CHECK(world.people() == 30);
    CHECK(world.campaign(campaign).state == CampaignState::sending);
    CHECK(world.campaign(campaign).state_text.find(
              "limit of 30 people in 24 hours is reached; goes on at ") != std::string::npos);
    SECTION("a day later") { world.clock.advance(window); }
    SECTION("when the provider raises the limit") { world.set_limit(100); }
    world.until([&] { return world.completed(campaign); });
    CHECK(world.stats(campaign)[State::sent] == 50);
    CHECK(world.campaign(campaign).state_text.empty());
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times == 1);
}

TEST_CASE("the connection's test takes the limit from the settings when the provider tells none") {
    Business world(domain::people_unknown);
    const auto limit = [&] { return world.number("SELECT per_day FROM portfolios"); };
    const auto test_with = [&](const std::string& setting, const Json& sender) {
        world.execute("UPDATE connections SET version = version + 1, settings = '{\"business\":\"b1\"," +
                      setting + "}'");
        world.provider.on_request([sender](const Json&) {
            return records({Json::array({"account", Json{{"ok", true}, {"text", "fine"}}}),
                            Json::array({"sender", sender})});
        });
        Node node(world);
        REQUIRE(node.service.check(World::scope, World::connection));
    };
    test_with(R"("people_limit":"2000")", Json{{"id", "1"}});
    CHECK(limit() == 2000);
    test_with(R"("people_limit":"unlimited")", Json{{"id", "1"}});
    CHECK(limit() == domain::people_unlimited);
    test_with(R"("people_limit":"2000")", Json{{"id", "1"}, {"limit", "TIER_10K"}});
    CHECK(limit() == 10'000);
    test_with(R"("people_limit":"")", Json{{"id", "1"}});
    CHECK(limit() == 10'000);  // says nothing
}

TEST_CASE("a person counts once a day, whichever number writes") {
    Business world(50);
    world.add_contacts(50);
    const Id first = world.add_templates();
    Node node(world);
    node.start();
    world.until([&] { return world.completed(first); });
    const Id second = world.add_templates(other_number);
    world.until([&] { return world.completed(second); });
    CHECK(world.stats(second)[State::sent] == 50);
    CHECK(world.people() == 50);
}

TEST_CASE("who has written to us within a day does not count") {
    Business world(5);
    world.add_contacts(20);
    const auto address = [](int i) { return fmt::format("+9198{}", 10'000'000 + i); };
    world.writer.run([&](store::Session& session) {
        const std::int64_t now = world.clock.now_ms();
        for (int i = 0; i < 15; ++i)
            store::portfolios::hear(session, World::connection, address(i), now - 3'600'000);
        // On another number, and too long ago.
        store::portfolios::hear(session, other_number, address(15), now);
        store::portfolios::hear(session, World::connection, address(16), now - 25 * 3'600'000);
    });
    const Id campaign = world.add_templates();
    Node node(world);
    node.start();
    world.until([&] { return world.completed(campaign); });
    CHECK(world.provider.requests() == 20);
    CHECK(world.people() == 5);
}

TEST_CASE("two numbers on two servers share the limit of their business") {
    Business world(123);
    world.add_contacts(300);
    world.add_templates();
    Node first(world, "first"), second(world, "second");
    first.start();
    second.start();
    world.until([&] { return world.at_rest(1); });
    CHECK(world.provider.requests() == 123);
    CHECK(world.people() == 123);
}

TEST_CASE("other messages, and a business without a limit, are not held") {
    Business world(1);
    world.add_contacts(10);
    SECTION("texts") {
        const Id campaign = world.add_campaign();
        Node node(world);
        node.start();
        world.until([&] { return world.completed(campaign); });
        CHECK(world.number("SELECT COUNT(*) FROM portfolio_people") == 0);
    }
    SECTION("unlimited") {
        world.set_limit(-1);
        const Id campaign = world.add_templates();
        Node node(world);
        node.start();
        world.until([&] { return world.completed(campaign); });
    }
    CHECK(world.provider.requests() == 10);
}

TEST_CASE("who is written to once more counts from then on") {
    Business world(2);
    world.add_contacts(3);
    world.provider.on_request(
        [](const Json&) { return records({failed_record(0, "throttled", "429", 2 * 3'600'000)}); });
    const Id campaign = world.add_templates();
    Node node(world);
    node.start();
    const std::int64_t begun_at = world.clock.now_ms();
    world.until(
        [&] { return world.number("SELECT COUNT(*) FROM queue WHERE attempts = 1 AND marked = 0") == 2; });
    world.provider.on_request(all_sent);
    world.clock.advance(Millis(3 * 3'600'000));
    world.until([&] { return world.stats(campaign)[State::sent] == 2; });

    // A day after the first attempts there is no room yet.
    world.clock.advance(window - Millis(3 * 3'600'000));
    const auto held_until = [&] { return world.number("SELECT MAX(until) FROM campaign_holds"); };
    world.until([&] { return held_until() >= begun_at + 27 * 3'600'000; });
    CHECK(world.stats(campaign)[State::sent] == 2);
    world.clock.advance(Millis(held_until() - world.clock.now_ms()));
    world.until([&] { return world.completed(campaign); });
    CHECK(world.stats(campaign)[State::sent] == 3);
}
