// Campaigns from audience to books, on both databases: every recipient ends exactly once, and what is
// counted is what happened.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "domain/outcome.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;
using Counts = std::map<State, std::int64_t>;

namespace {

// "98…" + i, as World::add_contacts numbers people.
int number_of(const Json& recipient) {
    return std::stoi(recipient.at("address").text().substr(5)) - 10'000'000;
}

bool completed(World& world, Id campaign) {
    return world.campaign(campaign).state == CampaignState::completed;
}

// The counters agree with the recipients, and the chunks with the outcomes.
void check_books(World& world, Id campaign) {
    CHECK(world.stats(campaign) == world.counted(campaign));
    const auto where = " FROM outcomes WHERE campaign_id = " + std::to_string(campaign);
    const auto deferred =
        world.number("SELECT COALESCE(SUM(n_deferred), 0) FROM campaign_chunks WHERE campaign_id = " +
                     std::to_string(campaign));
    const auto written = world.number(
        "SELECT COALESCE(SUM(n_sent + n_failed + n_uncertain), 0) FROM campaign_chunks WHERE campaign_id = " +
        std::to_string(campaign));
    const auto attempted = world.number("SELECT COUNT(*)" + where + " AND attempts > 0");
    CHECK(written + deferred >= attempted);
    CHECK(written <= attempted);
    CHECK(world.number("SELECT COUNT(*) FROM queue WHERE campaign_id = " + std::to_string(campaign)) == 0);
}

bool nobody_twice(World& world) {
    const auto arrivals = world.provider.arrivals();
    return std::all_of(arrivals.begin(), arrivals.end(), [](const auto& entry) { return entry.second == 1; });
}

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

std::optional<net::Reply> hang(const Json&) { return std::nullopt; }

}  // namespace

TEST_CASE("three thousand recipients, and each of them ends exactly once") {
    World world(both());
    std::mutex mutex;
    std::map<std::string, int> seen;
    world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        const Json& to = input.at("to").at(std::size_t{0});
        const int n = number_of(to);
        const std::lock_guard lock(mutex);
        const bool first = ++seen[to.at("ref").text()] == 1;
        if (n % 10 == 3) return records({failed_record(0, "recipient", "131026")});
        if (n % 50 == 7 && first) return records({failed_record(0, "throttled", "429")});
        if (n % 50 == 8 && first) return no_answer(net::Transport::connect, false);
        if (n % 100 == 9) return no_answer(net::Transport::timeout, true);
        return all_sent(input);
    });
    world.add_contacts(3'000);
    for (int i = 0; i < 5; ++i) world.suppress("+9198" + std::to_string(10'000'000 + 100 * i));
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return completed(world, campaign); });
    node.stop();

    CHECK(world.stats(campaign) == Counts{{State::skipped, 5},
                                          {State::sent, 3'000 - 5 - 300 - 30},
                                          {State::failed, 300},
                                          {State::uncertain, 30}});
    check_books(world, campaign);
    const auto row = world.campaign(campaign);
    CHECK(row.n_recipients == 3'000);
    CHECK(row.n_skipped == 5);
    CHECK(row.finished_at > 0);
    std::int64_t retried = 0;
    for (const auto& view : world.recipients(campaign)) {
        REQUIRE((view.outcome || view.message.state == State::skipped));
        if (view.outcome && view.outcome->attempts == 2) ++retried;
        if (view.state == State::sent)
            CHECK(view.outcome->provider_id == "id-" + format_id(prefix::message, view.message.id));
    }
    CHECK(retried == 120);
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times <= 2);
    const auto reasons = world.database.database().read(
        [&](store::Session& session) { return store::campaigns::stats(session, World::scope, row).reasons; });
    REQUIRE(reasons.size() == 2);
    CHECK(reasons[0].reason == "recipient:131026");
    CHECK(reasons[0].n == 300);
    CHECK(reasons[1].reason == "suppressed");
}

TEST_CASE("batches carry each recipient once") {
    World world(both(), "scripted_batch", [](const Json& input) -> std::optional<net::Reply> {
        const auto& to = input.at("to").items();
        Json::Array list;
        for (std::size_t i = 0; i < to.size(); ++i)
            list.push_back(number_of(to[i]) % 9 == 0 ? failed_record(i, "recipient", "1")
                                                     : sent_record(i, "shared"));
        return records(list);
    });
    world.add_contacts(500);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.provider.arrivals().size() == 500);
    CHECK(nobody_twice(world));
    CHECK(world.provider.requests() < 500 / 2);
    CHECK(world.stats(campaign) == Counts{{State::sent, 444}, {State::failed, 56}});
    check_books(world, campaign);
}

TEST_CASE("a lease that is lost in the middle: nothing is written after") {
    World world(both(), "scripted", hang);
    world.add_contacts(100);
    world.add_campaign();
    Node node(world);
    node.start();
    // The window is full and all of it has arrived: nothing more is on its way.
    world.until([&] {
        const auto marked =
            world.number("SELECT COALESCE(SUM(intent_id - first_id), 0) FROM campaign_chunks");
        return marked > 64 - 8 && static_cast<std::int64_t>(world.provider.hanging()) == marked;
    });
    world.execute(
        "UPDATE campaign_chunks SET owner = 'another', fence = fence + 1, lease_until = lease_until + "
        "9000000");
    const auto outcomes = world.number("SELECT COUNT(*) FROM outcomes");
    const auto intent = world.number("SELECT MAX(intent_id) FROM campaign_chunks");
    const auto asked = world.provider.requests();
    world.provider.on_request(all_sent);
    world.provider.release();
    node.stop();
    CHECK(world.number("SELECT COUNT(*) FROM outcomes") == outcomes);
    CHECK(world.number("SELECT MAX(intent_id) FROM campaign_chunks") == intent);
    CHECK(world.number("SELECT COUNT(*) FROM campaign_chunks WHERE owner = 'another'") == 1);
    CHECK(world.provider.requests() == asked);
}

TEST_CASE("an answer that comes after the lease's end counts while nobody else took the chunk") {
    World world(both(), "scripted", hang);
    world.add_contacts(10);
    const Id campaign = world.add_campaign();
    Node::Options options;
    options.lease = Millis(2'000'000);
    Node node(world, "one", options);
    node.start();
    world.until([&] { return world.provider.hanging() == 10; });
    world.clock.advance(Millis(3'000'000));  // as a process that was stopped
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 10}});
}

TEST_CASE("pause and resume") {
    World world(both(), "scripted", hang);
    world.add_contacts(300);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    // All are there: a paused campaign is not materialised further.
    world.until([&] {
        return world.provider.hanging() >= 16 && world.number("SELECT COUNT(*) FROM messages") == 300;
    });
    REQUIRE(node.service.pause(World::scope, campaign));
    world.provider.on_request(all_sent);
    world.provider.release();
    const auto settled = [&] {
        return world.number("SELECT COUNT(*) FROM outcomes WHERE attempts > 0") ==
                   static_cast<std::int64_t>(world.provider.requests()) &&
               world.number("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''") == 0;
    };
    world.until(settled);
    const auto asked = world.provider.requests();
    CHECK(asked < 300);
    const auto paused = static_cast<std::int64_t>(asked);
    CHECK(world.stats(campaign) == Counts{{State::queued, 300 - paused}, {State::sent, paused}});
    check_books(world, campaign);

    SECTION("resumed, it goes on where it was") {
        REQUIRE(node.service.resume(World::scope, campaign));
        world.until([&] { return completed(world, campaign); });
        CHECK(world.stats(campaign) == Counts{{State::sent, 300}});
        CHECK(nobody_twice(world));
        check_books(world, campaign);
    }
    SECTION("somebody who was skipped while it was under way is not skipped twice") {
        // The rest is leased, and the last of it skipped at once; then it is given back again.
        world.suppress("+919810000299");
        world.provider.on_request(hang);
        REQUIRE(node.service.resume(World::scope, campaign));
        world.until([&] { return world.provider.hanging() >= 16; });
        REQUIRE(node.service.pause(World::scope, campaign));
        world.provider.on_request(all_sent);
        world.provider.release();
        world.until(settled);
        REQUIRE(node.service.resume(World::scope, campaign));
        world.until([&] { return completed(world, campaign); });
        CHECK(world.stats(campaign) == Counts{{State::skipped, 1}, {State::sent, 299}});
        CHECK(nobody_twice(world));
        check_books(world, campaign);
    }
    SECTION("cancelled, the rest ends without an attempt") {
        REQUIRE(node.service.cancel(World::scope, campaign));
        world.until([&] { return world.campaign(campaign).finished_at != 0; });
        CHECK(world.provider.requests() == asked);
        CHECK(world.stats(campaign) == Counts{{State::sent, paused}, {State::cancelled, 300 - paused}});
        check_books(world, campaign);
    }
}

TEST_CASE("of a slow provider's messages no more are marked than its connections carry, and a micro-batch") {
    World world(both(), "scripted", hang);
    world.add_contacts(600);
    const Id campaign = world.add_campaign();
    Node::Options options;
    options.window = 256;
    options.connections = 8;
    Node node(world, "one", options);
    node.start();
    world.until([&] { return world.provider.hanging() == 24; });
    const std::int64_t since = world.clock.now_ms();
    world.until([&] { return world.clock.now_ms() > since + 1'000; });
    CHECK(world.provider.hanging() == 24);
    // So a pause ends it within a micro-batch.
    REQUIRE(node.service.pause(World::scope, campaign));
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] {
        return world.stats(campaign)[State::sent] == static_cast<std::int64_t>(world.provider.requests()) &&
               world.number("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''") == 0;
    });
    CHECK(world.provider.requests() <= 24 + 16);  // a mark may have been under way
    REQUIRE(node.service.resume(World::scope, campaign));
    world.until([&] { return completed(world, campaign); });
    CHECK(nobody_twice(world));
}

TEST_CASE("cancel in the middle: what is on its way ends as it ends, the rest is cancelled") {
    World world(both(), "scripted", [](const Json& input) -> std::optional<net::Reply> {
        // Some wait for their second attempt when the campaign is cancelled.
        if (number_of(input.at("to").at(std::size_t{0})) < 5)
            return records({failed_record(0, "throttled", "429", 3'600'000)});
        return std::nullopt;
    });
    world.add_contacts(1'500);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until(
        [&] { return world.provider.hanging() >= 16 && world.number("SELECT COUNT(*) FROM queue") == 5; });
    REQUIRE(node.service.cancel(World::scope, campaign));
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return world.campaign(campaign).finished_at != 0; });
    const auto stats = world.stats(campaign);
    CHECK(stats.at(State::sent) == static_cast<std::int64_t>(world.provider.requests()) - 5);
    CHECK(stats.at(State::sent) + stats.at(State::cancelled) == world.campaign(campaign).n_recipients);
    CHECK(world.campaign(campaign).state == CampaignState::cancelled);
    CHECK(nobody_twice(world));
    check_books(world, campaign);
}

TEST_CASE("a refused connection pauses the campaign with the provider's words, however long") {
    World world(both(), "scripted", [](const Json&) {
        return records({failed_record(0, "auth", "190", 0, std::string(3'000, 'x'))});
    });
    world.add_contacts(1'000);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.campaign(campaign).state_text.find("190") != std::string::npos);
    CHECK(world.number("SELECT COUNT(*) FROM connections WHERE state = 'needs_attention'") == 1);
    node.stop();
    CHECK(world.provider.requests() < 500);
    const auto stats = world.stats(campaign);
    CHECK(stats.at(State::failed) == static_cast<std::int64_t>(world.provider.requests()));
    check_books(world, campaign);
}

TEST_CASE("what a further attempt is answered stops the campaign as a first one does") {
    const auto dialect = both();
    const auto [cls, reason, plan] = GENERATE(table<std::string, std::string, std::string>(
        {{"balance", "the provider refuses this connection", ""},
         {"template", "ten messages in a row were refused for the same reason", ""},
         // To which first attempts and further ones add up.
         {"recipient", "of the last 40 messages failed (allowed 30 %)",
          R"({"stop":{"max_failed_percent":30,"after":40}})"}}));
    CAPTURE(cls);
    std::map<std::string, int> attempts;
    // All are asked to come back, and are refused then; under the slope every other one is sent at once. The
    // last one waits for its answer, so that the campaign cannot be through before it is stopped.
    World world(dialect, "scripted", [&, error = cls](const Json& input) -> std::optional<net::Reply> {
        const Json& to = input.at("to").at(std::size_t{0});
        if (number_of(to) == 59) return std::nullopt;
        if (error == "recipient" && number_of(to) % 2 == 0) return all_sent(input);
        if (attempts[to.at("ref").text()]++ == 0) return records({failed_record(0, "throttled", "429", 1)});
        return records({failed_record(0, error, "42")});
    });
    world.add_contacts(60);
    const Id campaign = world.add_campaign();
    if (!plan.empty()) world.execute("UPDATE campaigns SET plan = '" + plan + "'");
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.campaign(campaign).state_text.find(reason) != std::string::npos);
    world.provider.on_request(all_sent);
    world.provider.release();
    node.stop();
    CHECK(world.stats(campaign) == world.counted(campaign));
}

TEST_CASE("whoever resumes a campaign forgives what was on its way before") {
    std::set<int> earlier;
    World world(both(), "scripted", [&](const Json& input) {
        earlier.insert(number_of(input.at("to").at(std::size_t{0})));
        return hang(input);
    });
    world.add_contacts(300);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return world.provider.hanging() >= 16; });
    REQUIRE(node.service.pause(World::scope, campaign));
    world.provider.on_request([&](const Json& input) {
        if (!earlier.contains(number_of(input.at("to").at(std::size_t{0})))) return all_sent(input);
        return records({failed_record(0, "balance", "131042")});
    });
    world.clock.advance(Millis(1));
    REQUIRE(node.service.resume(World::scope, campaign));
    world.provider.release();
    world.until([&] { return completed(world, campaign); });
    const auto failed = static_cast<std::int64_t>(earlier.size());
    CHECK(world.stats(campaign) == Counts{{State::sent, 300 - failed}, {State::failed, failed}});
    CHECK(world.number("SELECT COUNT(*) FROM connections WHERE state = 'enabled'") == 1);
    check_books(world, campaign);
}

TEST_CASE("a connection that was refused is used again once its test succeeds") {
    World world(both());
    world.add_contacts(10);
    const Id campaign = world.add_campaign();
    world.execute("UPDATE connections SET state = 'needs_attention', state_text = 'refused'");
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.campaign(campaign).state_text.find("refused") != std::string::npos);
    CHECK(world.provider.requests() == 0);

    bool works = false;
    const auto verdict = [&](const Json&) {
        return records({Json::array({"account", Json{{"ok", works}, {"text", "says the provider"}}})});
    };
    world.provider.on_request(verdict);
    REQUIRE(node.service.check(World::scope, World::connection));
    CHECK(world.number("SELECT COUNT(*) FROM connections WHERE state = 'enabled'") == 0);
    works = true;
    REQUIRE(node.service.check(World::scope, World::connection));
    CHECK(world.number("SELECT COUNT(*) FROM connections WHERE state = 'enabled'") == 1);

    world.provider.on_request(all_sent);
    REQUIRE(node.service.resume(World::scope, campaign));
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 10}});
}

TEST_CASE("a provider that says 'too fast' gets its pause, and everybody is sent") {
    const auto dialect = both();
    World world(dialect);
    // MariaDB's limits go by its own clock, which a test cannot move: 4 s there are 40 of the test's.
    const std::int64_t pause_ms = dialect == store::Dialect::mysql ? 4'000 : 20'000;
    std::atomic<bool> throttled = false;
    std::atomic<std::int64_t> throttled_at = 0;
    world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        if (number_of(input.at("to").at(std::size_t{0})) == 40 && !throttled.exchange(true)) {
            throttled_at = world.clock.now_ms();
            return records({failed_record(0, "throttled", "429", pause_ms)});
        }
        return all_sent(input);
    });
    world.add_contacts(200);
    const Id campaign = world.add_campaign();
    Node::Options options;
    options.limits = {{"scripted.send", 100}};
    Node node(world, "one", options);
    node.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 200}});
    std::int64_t during = 0;
    for (const std::int64_t at : world.provider.times())
        if (at > throttled_at + 2'000 && at < throttled_at + 19'000) ++during;
    CHECK(during == 0);
}

TEST_CASE("named contacts that are gone do not end the audience") {
    World world(both());
    world.add_contacts(450);
    std::string ids;
    world.database.database().read([&](store::Session& session) {
        for (const auto& row : session.query("SELECT id FROM contacts ORDER BY id"))
            ids += (ids.empty() ? "\"" : ",\"") + format_id(prefix::contact, row.integer(0)) + '"';
    });
    world.execute("DELETE FROM contacts WHERE phone < '+919810000400'");  // more than the first page
    const Id campaign = world.add_campaign(R"({"contacts":[)" + ids + "]}");
    Node node(world);
    node.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 50}});
}
