// Failures that providers report later pause the campaign as failed answers do.
#include "receive/stop_watch.hpp"

#include "processing.hpp"
#include "store/connections.hpp"

using namespace dakiya;
using namespace dakiya::receive;
using domain::CampaignState;
using domain::Class;
using How = domain::Ending::How;

namespace {

struct Watching : Processing {
    explicit Watching(store::Dialect dialect) : Processing(dialect) {
        store::Connection row;
        row.id = connection;
        row.tenant = tenant;
        row.state = store::connection_state::enabled;
        store::connections::create(session, row);
        session.execute("UPDATE campaigns SET sending_since = 1000");
        for (Id id = 1; id <= 20; ++id) add(id, State::sent, "p" + std::to_string(id));
        begun_at(1'000);
    }

    void begun_at(std::int64_t at) { session.execute("UPDATE outcomes SET sent_at = ?", {at}); }
    // As one webhook, and everything that follows from it.
    void report(std::vector<Json> events) {
        webhook(++webhooks, list(std::move(events)));
        round();
    }
    void round() {
        processor.round();
        database.writer().run([](store::Session&) {});
    }
    store::Campaign now_is() { return store::campaigns::find(session, {tenant}, campaign).value(); }
    CampaignState campaign_state() { return now_is().state; }
    std::string connection_state() { return store::connections::find(session, {tenant}, connection)->state; }

    Id webhooks = 500;
};

std::vector<Json> failures(Id first, Id last, const std::string& cls) {
    std::vector<Json> events;
    for (Id id = first; id <= last; ++id) events.push_back(failure(id, cls, "132015"));
    return events;
}

Report failed(Id campaign, Class cls, std::int64_t begun_at, Id message = 1) {
    return {World::tenant, campaign, message, {How::failed, cls, "", "", begun_at}};
}

}  // namespace

TEST_CASE("one report that the provider refuses the connection pauses the campaign") {
    Watching world(GENERATE_REF(from_range(store::dialects())));
    const auto cls = GENERATE(values<std::string>({"auth", "balance", "quota", "config"}));
    world.report({failure(1, cls, "131042")});
    CHECK(world.campaign_state() == CampaignState::paused);
    CHECK(world.now_is().state_text.find("refuses this connection (" + cls + ", code 131042)") !=
          std::string::npos);
    CHECK(world.connection_state() == store::connection_state::needs_attention);
    CHECK(store::connections::find(world.session, {World::tenant}, World::connection)->state_text ==
          world.now_is().state_text);
}

TEST_CASE("ten reports of the same reason in a row pause the campaign") {
    Watching world(GENERATE_REF(from_range(store::dialects())));
    const auto cls = GENERATE(values<std::string>({"content", "template", "policy"}));
    world.report(failures(1, 9, cls));
    CHECK(world.campaign_state() == CampaignState::sending);
    SECTION("over several webhooks") {
        world.report(failures(10, 10, cls));
        CHECK(world.campaign_state() == CampaignState::paused);
        CHECK(world.now_is().state_text.find("ten messages in a row") != std::string::npos);
        CHECK(world.connection_state() == store::connection_state::enabled);
    }
    SECTION("a message counts once, however often it is reported") {
        world.report(failures(1, 9, cls));
        CHECK(world.campaign_state() == CampaignState::sending);
    }
    SECTION("one that is on its way begins anew") {
        world.report({status(GENERATE(values<std::string>({"sent", "delivered", "read"})), 20)});
        world.report(failures(10, 10, cls));
        CHECK(world.campaign_state() == CampaignState::sending);
    }
    SECTION("a report that was faster than our own result counts when it is applied") {
        world.add(30, State::queued);
        world.report(failures(30, 30, cls));
        CHECK(world.campaign_state() == CampaignState::sending);
        store::Outcome outcome;
        outcome.message = 30;
        outcome.tenant = World::tenant;
        outcome.campaign = World::campaign;
        outcome.sent_at = 1'000;
        store::outcomes::append(world.session, std::span<const store::Outcome>(&outcome, 1));
        world.database.clock().advance(std::chrono::minutes(1));
        world.round();
        CHECK(world.campaign_state() == CampaignState::paused);
    }
}

TEST_CASE("reports of single people's failures pause nothing") {
    Watching world(store::Dialect::sqlite);
    world.report(
        failures(1, 20, GENERATE(values<std::string>({"recipient", "opted_out", "window", "provider"}))));
    CHECK(world.campaign_state() == CampaignState::sending);
}

TEST_CASE("a failure of a single message pauses nobody") {
    Watching world(store::Dialect::sqlite);
    world.add(30, State::sent, "p30", "+919800000030", true);
    world.report({failure(30, "balance", "131042")});
    CHECK(world.state(30) == State::failed);
    CHECK(world.campaign_state() == CampaignState::sending);
    CHECK(world.connection_state() == store::connection_state::enabled);
}

TEST_CASE("whoever resumes a campaign forgives what was sent before") {
    Watching world(GENERATE_REF(from_range(store::dialects())));
    const auto cls = GENERATE(values<std::string>({"balance", "template"}));
    world.begun_at(999);
    world.report(failures(1, 10, cls));
    CHECK(world.campaign_state() == CampaignState::sending);
    CHECK(world.connection_state() == store::connection_state::enabled);
    // What is sent afterwards counts.
    for (Id id = 30; id < 40; ++id) world.add(id, State::sent);
    world.session.execute("UPDATE outcomes SET sent_at = ? WHERE message_id >= 30",
                          {world.database.clock().now_ms()});
    world.report(failures(30, 39, cls));
    CHECK(world.campaign_state() == CampaignState::paused);
}

TEST_CASE("a campaign that does not send any more stays as it is") {
    Watching world(GENERATE_REF(from_range(store::dialects())));
    const auto state = GENERATE(CampaignState::paused, CampaignState::completed, CampaignState::cancelled);
    auto row = world.now_is();
    store::campaigns::set_state(world.session, row, state, "for another reason", 2'000);
    world.report(failures(1, 1, "balance"));
    CHECK(world.campaign_state() == state);
    CHECK(world.now_is().state_text == "for another reason");
    CHECK(world.connection_state() == store::connection_state::enabled);
}

TEST_CASE("a batch asks for a campaign's pause once, and later ones not for what was begun before") {
    StopWatch watch;
    const std::vector<Report> reports{failed(1, Class::balance, 10), failed(1, Class::auth, 10),
                                      failed(2, Class::recipient, 10), failed(3, Class::config, 10)};
    const auto stops = watch.note(reports, 100).stops;
    REQUIRE(stops.size() == 2);
    CHECK(stops.front().campaign == 1);
    CHECK(stops.front().reason.begun_at == 10);
    CHECK(stops.back().campaign == 3);
    CHECK(watch.note(reports, 200).stops.empty());
    CHECK(watch.note({}, 300).stops.empty());
    CHECK(watch.note(std::vector{failed(1, Class::balance, 100)}, 300).stops.size() == 1);
}

TEST_CASE("every twenty reported failures the share is looked at, around those in the middle") {
    StopWatch watch;
    std::vector<Report> reports;
    for (Id id = 30; id > 11; --id) reports.push_back(failed(1, Class::recipient, 10, id));
    CHECK(watch.note(reports, 100).looks.empty());
    const auto looks = watch.note(std::vector{failed(1, Class::recipient, 10, 11)}, 100).looks;
    REQUIRE(looks.size() == 1);
    CHECK(looks.front().campaign == 1);
    CHECK(looks.front().message == 21);
    CHECK(watch.note(reports, 100).looks.empty());
}

TEST_CASE("too large a share of failures pauses, whoever heard of them") {
    Watching world(GENERATE_REF(from_range(store::dialects())));
    world.session.execute("UPDATE campaigns SET plan = ?",
                          {std::string(R"({"stop":{"max_failed_percent":50,"after":40}})")});
    for (Id id = 21; id <= 50; ++id) world.add(id, State::sent);
    world.begun_at(1'000);
    // Of the forty up to the middle of these, eleven.
    const auto report = [&] { world.report(failures(31, 50, "recipient")); };
    const auto another_server = [&](Id first) {
        world.session.execute("UPDATE outcomes SET state = 8 WHERE message_id BETWEEN ? AND 30", {first});
    };
    SECTION("as many as are allowed do not") {
        another_server(22);
        report();
        CHECK(world.campaign_state() == CampaignState::sending);
    }
    SECTION("one more does") {
        another_server(21);
        report();
        CHECK(world.campaign_state() == CampaignState::paused);
        CHECK(world.now_is().state_text.find(
                  "21 of the last 40 messages failed (allowed 50 %), later reports counted. Look at") == 0);
        CHECK(world.connection_state() == store::connection_state::enabled);
    }
    SECTION("not with what was sent before the campaign was resumed") {
        another_server(11);
        world.session.execute("UPDATE campaigns SET sending_since = 1001");
        world.session.execute("UPDATE outcomes SET sent_at = 1001 WHERE message_id > 10");
        report();
        CHECK(world.campaign_state() == CampaignState::sending);
    }
    SECTION("not where a further step follows the failures") {
        another_server(11);
        world.session.execute("UPDATE campaigns SET fallback = '[]'");
        report();
        CHECK(world.campaign_state() == CampaignState::sending);
    }
}
