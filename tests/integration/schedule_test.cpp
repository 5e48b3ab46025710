// Campaigns that wait for their time, on both databases. The tenant and its people are in India (UTC+5:30),
// where marketing may be sent from ten to nine; the clock is the test's.
#include <algorithm>

#include <catch2/catch.hpp>

#include "domain/zones.hpp"
#include "send/series.hpp"
#include "store/campaign_runs.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;
using Counts = std::map<State, std::int64_t>;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

std::optional<net::Reply> hang(const Json&) { return std::nullopt; }

std::int64_t utc(const char* text) { return domain::parse_wall(text).value(); }

// Sets the clock: time only goes forward.
void at(World& world, const char* time) { world.clock.advance(Millis(utc(time) - world.clock.now_ms())); }

int number_of(const Json& recipient) {
    return std::stoi(recipient.at("address").text().substr(5)) - 10'000'000;
}

// A campaign with a plan, as the API makes it.
Id add(World& world, const std::string& plan, const std::string& audience = R"({"all":true})",
       CampaignState state = CampaignState::sending, std::int64_t scheduled_at = 0) {
    store::Campaign campaign;
    world.writer.run([&](store::Session& session) {
        campaign.id = store::reserve_ids(session, 1);
        campaign.tenant = World::scope.tenant;
        campaign.name = "Diwali";
        campaign.state = state;
        campaign.connection = World::connection;
        campaign.channel = "sms";
        campaign.content = R"({"kind":"text","text":"Hello {{name}}"})";
        campaign.audience = audience;
        campaign.created_at = world.clock.now_ms();
        campaign.scheduled_at = scheduled_at;
        campaign.plan = plan;
        store::campaigns::create(session, campaign);
    });
    return campaign.id;
}

bool completed(World& world, Id campaign) {
    return world.campaign(campaign).state == CampaignState::completed;
}

bool nobody_twice(World& world) {
    const auto arrivals = world.provider.arrivals();
    return std::all_of(arrivals.begin(), arrivals.end(), [](const auto& entry) { return entry.second == 1; });
}

bool materialised(World& world, Id campaign) { return world.campaign(campaign).materialised; }

// What is not leased any more has come back.
bool nothing_leased(World& world) {
    return world.number("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''") == 0;
}

std::string retry_of(Id campaign, const std::string& more = "") {
    return R"({"campaign":")" + format_id(prefix::campaign, campaign) + "\"" + more + "}";
}

constexpr const char* marketing = R"({"category":"marketing"})";

}  // namespace

TEST_CASE("marketing waits for the morning of its recipients") {
    World world(both());
    at(world, "2026-11-20T22:00");  // half past three in India
    world.add_contacts(250);
    world.execute(
        "UPDATE contacts SET attributes = '{\"zone\":\"Europe/Berlin\"}' WHERE phone >= '+919810000200'");
    const Id campaign = add(world, marketing);
    Node node(world);
    node.start();
    world.until([&] { return materialised(world, campaign); });
    CHECK(world.provider.requests() == 0);
    CHECK(world.number("SELECT MIN(not_before) FROM campaign_chunks") == utc("2026-11-21T04:30"));
    CHECK(world.number("SELECT MAX(not_before) FROM campaign_chunks") == utc("2026-11-21T09:00"));

    at(world, "2026-11-21T04:30");
    world.until([&] { return world.stats(campaign)[State::sent] == 200; });
    CHECK(world.campaign(campaign).state == CampaignState::sending);
    at(world, "2026-11-21T09:00");
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 250}});
    CHECK(nobody_twice(world));
    for (const std::int64_t time : world.provider.times()) CHECK(time >= utc("2026-11-21T04:30"));
}

TEST_CASE("a window that closes in the middle of a chunk opens again the next day") {
    World world(both(), "scripted", hang);
    at(world, "2026-11-20T15:00");  // half an hour before nine in the evening
    world.add_contacts(150);
    const Id campaign = add(world, marketing);
    Node::Options options;
    options.lease = Millis(hour_ms);  // the half an hour is not to end it
    Node node(world, "one", options);
    node.start();
    world.until([&] { return world.provider.hanging() >= 16; });
    at(world, "2026-11-20T15:30");
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return nothing_leased(world); });
    const auto evening = world.provider.requests();
    CHECK(evening <= 64);  // what was marked when it closed: the window of one chunk
    world.until([&] {
        return world.number("SELECT COUNT(*) FROM campaign_chunks WHERE done = 0 AND not_before = " +
                            std::to_string(utc("2026-11-21T04:30"))) == 1;
    });
    CHECK(world.provider.requests() == evening);
    CHECK(world.stats(campaign)[State::sent] == static_cast<std::int64_t>(evening));

    at(world, "2026-11-21T04:30");
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 150}});
    CHECK(nobody_twice(world));
}

TEST_CASE("a retry that falls into quiet hours waits for their end") {
    World world(both(), "scripted",
                [](const Json&) { return records({failed_record(0, "throttled", "429", 2 * hour_ms)}); });
    at(world, "2026-11-20T14:30");
    world.add_contacts(3);
    const Id campaign = add(world, marketing);
    Node node(world);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue") == 3; });
    world.provider.on_request(all_sent);
    at(world, "2026-11-20T17:00");
    world.until([&] {
        return world.number("SELECT COUNT(*) FROM queue WHERE marked = 0 AND due_at = " +
                            std::to_string(utc("2026-11-21T04:30"))) == 3;
    });
    CHECK(world.provider.requests() == 3);
    at(world, "2026-11-21T04:30");
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 3}});
}

TEST_CASE("cancelled while it waits, it ends at once") {
    World world(both());
    at(world, "2026-11-20T22:00");
    world.add_contacts(300);
    const Id campaign = add(world, marketing);
    Node node(world);
    node.start();
    world.until([&] { return materialised(world, campaign); });
    REQUIRE(node.service.cancel(World::scope, campaign));
    world.until([&] { return world.campaign(campaign).finished_at != 0; });
    CHECK(world.stats(campaign) == Counts{{State::cancelled, 300}});
    CHECK(world.provider.requests() == 0);
}

TEST_CASE("somebody for whom no time suits is skipped, not lost") {
    World world(both());
    world.add_contacts(2);
    world.execute("UPDATE contacts SET attributes = '{\"zone\":\"UTC\"}' WHERE phone = '+919810000001'");
    const Id campaign = add(
        world, R"({"category":"marketing","window":{"from":"22:00","to":"23:00","zone":"Asia/Kolkata"}})");
    Node node(world);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM messages") == 2; });
    CHECK(world.number("SELECT COUNT(*) FROM messages WHERE reason = 'no_time_suits'") == 1);
    CHECK(world.stats(campaign) == Counts{{State::skipped, 1}, {State::queued, 1}});
}

TEST_CASE("a canary in range, and everybody else follows") {
    World world(both());
    world.add_contacts(500);
    const Id campaign = add(world, R"({"canary":{"percent":10,"hold_s":600}})");
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).canary_ended_at != 0; });
    CHECK(world.provider.requests() == 50);
    CHECK(world.stats(campaign) == Counts{{State::sent, 50}});
    world.clock.advance(Millis(601'000));
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 500}});
    CHECK(nobody_twice(world));
}

TEST_CASE("a canary out of range pauses, with the figures; resumed, it goes on without") {
    World world(both(), "scripted", [](const Json& input) {
        return number_of(input.at("to").at(std::size_t{0})) % 5 == 0
                   ? records({failed_record(0, "recipient", "131026")})
                   : all_sent(input);
    });
    world.add_contacts(500);
    const Id campaign = add(world, R"({"canary":{"count":100,"hold_s":0}})");
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.provider.requests() == 100);
    CHECK(world.campaign(campaign).state_text.find(
              "the first 100: 20 % failed (allowed 5 %); most frequent reason: recipient:131026") == 0);
    REQUIRE(node.service.resume(World::scope, campaign));
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 400}, {State::failed, 100}});
    CHECK(nobody_twice(world));
}

TEST_CASE("a slope of failures pauses") {
    World world(both(), "scripted", [](const Json& input) {
        return number_of(input.at("to").at(std::size_t{0})) % 2 == 0
                   ? records({failed_record(0, "recipient", "131026")})
                   : all_sent(input);
    });
    world.add_contacts(2'000);
    const Id campaign = add(world, R"({"stop":{"max_failed_percent":30,"after":50}})");
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.campaign(campaign).state_text.find("of the last 50 messages failed (allowed 30 %)") !=
          std::string::npos);
    node.stop();
    CHECK(world.provider.requests() < 50 + 4 * 64 + 64);
}

TEST_CASE("two servers make one run of each occurrence, and missed ones are noted") {
    World world(both());
    at(world, "2026-11-30T00:00");
    world.add_contacts(20);
    const auto first = utc("2026-12-01T04:30");
    const Id series =
        add(world, R"({"schedule":{"at":"2026-12-01T10:00","zone":"tenant","repeat":"FREQ=DAILY;COUNT=5"}})",
            R"({"all":true})", CampaignState::scheduled, first);
    Node one(world, "one"), two(world, "two");
    one.start();
    two.start();
    const auto runs = [&] {
        return world.database.database().read([&](store::Session& session) {
            return store::campaign_runs::list(session, World::scope, series, 0, 100);
        });
    };
    at(world, "2026-12-01T04:30");
    world.until([&] { return runs().size() == 1 && completed(world, runs().front().campaign); });
    CHECK(world.provider.requests() == 20);
    const auto run = world.campaign(runs().front().campaign);
    CHECK(run.series == series);
    CHECK(run.scheduled_at == first);
    CHECK(run.name == "Diwali 2026-12-01T10:00");
    CHECK(world.campaign(series).scheduled_at == first + 24 * hour_ms);

    SECTION("after downtime the newest one runs when it is less than an hour late") {
        one.stop();
        two.stop();
        at(world, "2026-12-04T05:00");
        Node three(world, "three");
        three.start();
        world.until([&] { return runs().size() == 4 && world.provider.requests() == 40; });
        three.stop();
        const auto list = runs();  // newest first
        CHECK(list[0].campaign != 0);
        CHECK(list[1].campaign == 0);
        CHECK(list[2].campaign == 0);
    }
    SECTION("paused, it makes none; resumed, the next one") {
        REQUIRE(one.service.pause(World::scope, series));
        at(world, "2026-12-04T05:00");
        REQUIRE(one.service.resume(World::scope, series));
        CHECK(world.campaign(series).state == CampaignState::scheduled);
        CHECK(world.campaign(series).scheduled_at == first + 4 * 24 * hour_ms);
        at(world, "2026-12-05T04:30");
        world.until([&] { return completed(world, series) && world.provider.requests() == 40; });
        CHECK(runs().size() == 2);
    }
}

TEST_CASE("retry failed: by class, and never those who were reached meanwhile") {
    World world(both(), "scripted", [](const Json& input) {
        const int n = number_of(input.at("to").at(std::size_t{0}));
        if (n < 20) return records({failed_record(0, "recipient", "131026")});
        if (n < 50) return records({failed_record(0, "policy", "130472")});
        return all_sent(input);
    });
    world.add_contacts(100);
    const Id campaign = add(world, R"({"stop":{"max_failed_percent":100}})");
    Node node(world);
    node.start();
    // Ten of one reason in a row pause it, perhaps more than once.
    world.until([&] {
        if (world.campaign(campaign).state == CampaignState::paused)
            REQUIRE(node.service.resume(World::scope, campaign));
        return completed(world, campaign);
    });
    REQUIRE(world.stats(campaign)[State::failed] == 50);
    world.provider.on_request(all_sent);
    // A late report: number 30 was reached after all.
    world.execute(
        "UPDATE outcomes SET state = 6 WHERE message_id IN (SELECT id FROM messages WHERE address = "
        "'+919810000030')");

    const Id retried = add(world, "", retry_of(campaign, R"(,"states":["failed"],"classes":["policy"])"));
    world.until([&] { return completed(world, retried); });
    CHECK(world.stats(retried) == Counts{{State::sent, 29}});
    CHECK(world.number("SELECT COUNT(*) FROM messages WHERE after_id <> 0") == 29);

    // Once more, with any class: those of class policy were reached by the first retry.
    const Id again = add(world, "", retry_of(campaign));
    world.until([&] { return completed(world, again); });
    CHECK(world.stats(again) == Counts{{State::sent, 20}});
    CHECK(nobody_twice(world));
}

TEST_CASE("reached between materialising and marking: skipped, with the reason") {
    World world(both(), "scripted",
                [](const Json&) { return records({failed_record(0, "recipient", "131026")}); });
    at(world, "2026-11-20T06:00");
    world.add_contacts(10);
    const Id campaign = add(world, R"({"stop":{"max_failed_percent":100}})");
    Node node(world);
    node.start();
    world.until([&] { return completed(world, campaign); });
    world.provider.on_request(all_sent);
    at(world, "2026-11-20T20:00");  // quiet hours: the retry waits for the morning
    const Id retried = add(world, marketing, retry_of(campaign));
    world.until([&] { return materialised(world, retried); });
    world.execute(
        "UPDATE outcomes SET state = 6 WHERE message_id IN (SELECT id FROM messages WHERE address < "
        "'+919810000004')");
    at(world, "2026-11-21T04:30");
    world.until([&] { return completed(world, retried); });
    CHECK(world.stats(retried) == Counts{{State::skipped, 4}, {State::sent, 6}});
    CHECK(world.provider.requests() == 16);
}

TEST_CASE("pause and cancel: no commit marks that begins after theirs") {
    const auto dialect = both();
    const bool cancels = GENERATE(false, true);
    World world(dialect, "scripted", hang);
    world.add_contacts(1'000);
    const Id campaign = add(world, "");
    const Node::Options options;
    Node node(world, "one", options);
    node.start();
    world.until([&] { return world.provider.hanging() >= 64; });
    const auto marked = [&] { return world.number("SELECT SUM(intent_id - first_id) FROM campaign_chunks"); };
    // While marks move on, but not to the end.
    std::atomic<int> answers = 400;
    world.provider.on_request(
        [&](const Json& input) { return answers-- > 0 ? all_sent(input) : hang(input); });
    world.provider.release();
    REQUIRE(
        (cancels ? node.service.cancel(World::scope, campaign) : node.service.pause(World::scope, campaign)));
    const std::int64_t before = marked();
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return nothing_leased(world); });
    // A cancelled chunk is finished, and counts as marked to its end: requests tell.
    CHECK(static_cast<std::int64_t>(world.provider.requests()) <= std::max(before, marked()));
    // SQLite lets one writer in. On MariaDB a commit may be under way that found the campaign sending.
    const int under_way = dialect == store::Dialect::mysql ? options.chunks * options.micro_batch : 0;
    if (!cancels) CHECK(marked() <= before + under_way);
    CHECK(world.provider.requests() < 1'000);
    CHECK(nobody_twice(world));
}
