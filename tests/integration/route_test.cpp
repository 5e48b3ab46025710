// Routes: whoever the first message does not reach gets the next one, and nobody who was reached does. On
// both databases.
#include <algorithm>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "domain/person_state.hpp"
#include "receive/apply.hpp"
#include "send/follow_up.hpp"
#include "store/connections.hpp"
#include "store/fallbacks.hpp"
#include "store/route_people.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;
using Counts = std::map<State, std::int64_t>;

namespace {

constexpr Id second_connection = 61;

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

int number_of(const Json& recipient) {
    return std::stoi(recipient.at("address").text().substr(5)) - 10'000'000;
}

bool is_first(const Json& input) { return input.at("channel").text() == "whatsapp"; }
int person(const Json& input) { return number_of(input.at("to").at(std::size_t{0})); }

// A world with a second connection, and campaigns that begin on WhatsApp there and go on by SMS.
class Routes : public World {
public:
    explicit Routes(store::Dialect dialect, const std::string& plugin = "scripted") : World(dialect, plugin) {
        writer.run([&](store::Session& session) {
            auto row = *store::connections::find(session, scope, connection);
            row.id = second_connection;
            store::connections::create(session, row);
        });
    }

    Id add_route(const std::string& rule, domain::OnUncertain policy = domain::OnUncertain::leave) {
        const Id id = add_campaign();
        const auto steps = domain::parse_steps(
            Json::parse("[{\"connection\":\"" + format_id(prefix::connection, second_connection) +
                        R"(","channel":"sms","content":{"kind":"text","text":"By SMS"})" + rule + "}]"),
            "fallback");
        writer.run([&](store::Session& session) {
            session.execute(
                "UPDATE campaigns SET channel = 'whatsapp', fallback = ?, on_uncertain = ? WHERE id = ?",
                {domain::to_json(*steps).dump(), std::int64_t{static_cast<int>(policy)}, id});
        });
        return id;
    }

    // The campaign of the second step, 0 when it has not begun.
    Id second(Id route) {
        return number("SELECT COALESCE(MAX(id), 0) FROM campaigns WHERE parent_id = " +
                      std::to_string(route));
    }

    // What the provider reports of a message.
    void report(Id message, const std::string& status) {
        Json event{{"kind", "status"},
                   {"ref", format_id(prefix::message, message)},
                   {"status", status},
                   {"dedupe", status}};
        if (status == "failed") event.set("error", Json{{"class", "recipient"}, {"code", "131026"}});
        writer.run([&](store::Session& session) {
            const auto applied =
                receive::apply(session, {{scope.tenant, connection, event, clock.now_ms()}}, clock.now_ms());
            REQUIRE(applied.unmatched.empty());
        });
    }

    bool is(Id campaign, CampaignState state) { return this->campaign(campaign).state == state; }

    std::int64_t waiting() { return number("SELECT COUNT(*) FROM fallbacks"); }
};

bool nobody_twice(World& world) {
    const auto arrivals = world.provider.arrivals();
    return std::all_of(arrivals.begin(), arrivals.end(), [](const auto& entry) { return entry.second == 1; });
}

using People = std::map<std::pair<Id, State>, std::int64_t>;  // by step and state

// How the route's people fare, by its counters …
People people_by_counters(World& world, const std::vector<Id>& steps) {
    People people;
    const auto outdone = world.database.database().read(
        [&](store::Session& session) { return store::route_people::outdone(session, steps); });
    for (const Id step : steps) {
        auto counts = world.stats(step);
        if (const auto others = outdone.find(step); others != outdone.end())
            for (const auto& [state, n] : others->second) counts[state] -= n;
        for (const auto& [state, n] : counts)
            if (n != 0) people[{step, state}] = n;
    }
    return people;
}

// … and person by person.
People people_one_by_one(World& world, const std::vector<Id>& steps) {
    std::map<Id, std::pair<Id, State>> best;  // by contact
    for (const Id step : steps)
        for (const auto& view : world.recipients(step)) {
            const auto [known, first] = best.try_emplace(view.message.contact, step, view.state);
            if (!first && !domain::outdoes(known->second.second, view.state))
                known->second = {step, view.state};
        }
    People people;
    for (const auto& [contact, where] : best) ++people[where];
    return people;
}

void check_people(World& world, Id route) {
    std::vector<Id> steps{route};
    world.database.database().read([&](store::Session& session) {
        steps.resize(1);
        for (const auto& step : store::campaigns::steps(session, World::scope, route))
            steps.push_back(step.id);
    });
    CHECK(people_by_counters(world, steps) == people_one_by_one(world, steps));
}

void check_books(World& world, Id campaign) {
    CHECK(world.stats(campaign) == world.counted(campaign));
    if (world.campaign(campaign).parent == 0) check_people(world, campaign);
}

}  // namespace

TEST_CASE("whoever the first channel does not reach gets the second one, and nobody else") {
    Routes world(both());
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        if (!is_first(input)) return all_sent(input);
        const int n = person(input);
        if (n % 5 == 1) return records({failed_record(0, "recipient", "131026")});
        if (n % 5 == 2) return records({failed_record(0, "opted_out", "131050")});
        return all_sent(input);
    });
    world.add_contacts(500);
    const Id route = world.add_route("");
    Node node(world);
    node.start();
    world.until([&] { return world.is(route, CampaignState::completed); });
    node.stop();

    const Id second = world.second(route);
    REQUIRE(second != 0);
    CHECK(world.is(second, CampaignState::completed));
    CHECK(world.stats(route) == Counts{{State::sent, 300}, {State::failed, 200}});
    CHECK(world.stats(second) == Counts{{State::sent, 100}});
    check_books(world, route);
    check_books(world, second);
    CHECK(nobody_twice(world));
    CHECK(world.provider.requests() == 600);
    CHECK(world.waiting() == 0);
    for (const auto& view : world.recipients(second)) {
        const auto before = world.message(view.message.after);
        CHECK(before.message.contact == view.message.contact);
        CHECK(before.outcome->cls == "recipient");
    }
    const auto listed = world.database.database().read(
        [&](store::Session& session) { return store::campaigns::list(session, World::scope, 0, 10); });
    CHECK(listed.size() == 1);  // people see one campaign
}

TEST_CASE(
    "whoever is not delivered in time gets the next channel; a late delivery stops it until it is marked") {
    Routes world(both());
    world.add_contacts(60);
    const Id route = world.add_route(R"(,"after_s":600)");
    {
        Node node(world, "first");
        node.start();
        world.until([&] { return world.stats(route) == Counts{{State::sent, 60}}; });
        world.until([&] { return world.number("SELECT COUNT(*) FROM campaign_chunks WHERE done = 0") == 0; });
        node.stop();
    }
    CHECK(world.waiting() == 60);
    CHECK(world.is(route, CampaignState::sending));
    const auto first = world.recipients(route);
    for (std::size_t i = 0; i < 20; ++i) world.report(first[i].message.id, "delivered");
    world.clock.advance(Millis(601'000));

    // The second step's messages are made, but nobody sends yet.
    Node node(world, "second");
    node.fallback->start();
    world.until([&] { return world.waiting() == 0; });
    const Id second = world.second(route);
    CHECK(world.stats(second) == Counts{{State::queued, 40}});
    for (std::size_t i = 20; i < 30; ++i) world.report(first[i].message.id, "delivered");

    node.campaigns->start();
    node.dispatcher->start();
    world.until([&] { return world.is(route, CampaignState::completed); });
    node.stop();
    CHECK(world.stats(second) == Counts{{State::sent, 30}, {State::skipped, 10}});
    check_books(world, second);
    CHECK(nobody_twice(world));
    CHECK(world.provider.requests() == 90);
    const auto skipped = world.database.database().read([&](store::Session& session) {
        return store::campaigns::stats(session, World::scope, world.campaign(second)).reasons;
    });
    REQUIRE(skipped.size() == 1);
    CHECK(skipped[0].reason == "delivered_before");
    CHECK(skipped[0].n == 10);
}

TEST_CASE("an overtaken message that waits to be tried again is not sent") {
    Routes world(both());
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        if (is_first(input)) return all_sent(input);
        return records({failed_record(0, "throttled", "429", 5'000)});
    });
    world.add_contacts(1);
    const Id route = world.add_route(R"(,"after_s":60)");
    Node node(world);
    node.start();
    world.until([&] { return world.waiting() == 1; });
    world.clock.advance(Millis(61'000));
    world.until([&] { return world.provider.requests() == 2; });
    world.report(world.recipients(route).at(0).message.id, "read");
    world.until([&] { return world.is(route, CampaignState::completed); });
    node.stop();
    CHECK(world.provider.requests() <= 3);  // one more attempt may have been marked before the report
    const auto state = world.stats(world.second(route)).begin()->first;
    CHECK(state == State::skipped);
}

TEST_CASE("a failure that is reported after the campaign has ended opens it again") {
    Routes world(both());
    world.add_contacts(10);
    const Id route = world.add_route("");
    Node node(world);
    node.start();
    world.until([&] { return world.is(route, CampaignState::completed); });
    const auto first = world.recipients(route);
    world.report(first[3].message.id, "failed");
    world.report(first[4].message.id, "failed");
    CHECK(world.is(route, CampaignState::sending));
    world.until([&] { return world.is(route, CampaignState::completed); });
    CHECK(world.stats(world.second(route)) == Counts{{State::sent, 2}});

    world.clock.advance(Millis(domain::late_news_ms + 1'000));
    world.report(first[5].message.id, "failed");
    CHECK(world.is(route, CampaignState::completed));  // too late to follow it
    CHECK(world.waiting() == 0);
    node.stop();
}

TEST_CASE("whoever has no address on the first channel begins with the second one") {
    Routes world(both());
    world.add_contacts(20);
    world.suppress("+919810000003");
    const Id route = world.add_route("");
    world.execute("UPDATE campaigns SET channel = 'email'");
    Node node(world);
    node.start();
    world.until([&] { return world.is(route, CampaignState::completed); });
    node.stop();
    CHECK(world.stats(route) == Counts{{State::skipped, 20}});
    CHECK(world.stats(world.second(route)) == Counts{{State::sent, 19}, {State::skipped, 1}});
    CHECK(nobody_twice(world));
    CHECK(world.waiting() == 0);
}

TEST_CASE("pausing and cancelling a campaign holds for its steps") {
    Routes world(both());
    std::atomic<int> answers = 0;  // of the second step
    world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        if (!is_first(input))
            return answers-- > 0 ? std::optional<net::Reply>(all_sent(input)) : std::nullopt;
        return records({failed_record(0, "recipient", "131026")});
    });
    world.add_contacts(300);
    const Id route = world.add_route("");
    Node node(world);
    node.start();
    world.until([&] { return world.second(route) != 0 && world.provider.hanging() > 0; });
    REQUIRE(node.service.pause(World::scope, route));
    const Id second = world.second(route);
    CHECK(world.is(second, CampaignState::paused));
    CHECK_FALSE(node.service.resume(World::scope, second));  // by its own id: it is a part of the other
    answers = 100;
    world.provider.release();
    REQUIRE(node.service.resume(World::scope, route));
    CHECK(world.is(second, CampaignState::sending));
    world.until([&] { return answers <= 0 && world.provider.hanging() > 0; });
    REQUIRE(node.service.cancel(World::scope, route));
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until(
        [&] { return world.campaign(route).finished_at != 0 && world.campaign(second).finished_at != 0; });
    node.stop();
    CHECK(world.is(second, CampaignState::cancelled));
    CHECK(world.waiting() == 0);
    check_books(world, second);
    CHECK(nobody_twice(world));
}

TEST_CASE("two servers make one next step of each failure") {
    Routes world(both());
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        if (is_first(input) && person(input) % 2 == 0)
            return records({failed_record(0, "recipient", "131026")});
        return all_sent(input);
    });
    world.add_contacts(1'000);
    const Id route = world.add_route("");
    Node one(world, "one"), two(world, "two");
    one.start();
    two.start();
    world.until([&] { return world.is(route, CampaignState::completed); });
    one.stop();
    two.stop();
    CHECK(world.number("SELECT COUNT(*) FROM campaigns WHERE parent_id <> 0") == 1);
    const Id second = world.second(route);
    CHECK(world.campaign(second).n_recipients == world.stats(route)[State::failed]);
    CHECK(world.number("SELECT COUNT(*) FROM follow_ups") == world.campaign(second).n_recipients);
    check_books(world, second);
    CHECK(nobody_twice(world));
}

TEST_CASE("an uncertain message is left alone unless the campaign says otherwise") {
    Routes world(both());
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        if (is_first(input)) return no_answer(net::Transport::timeout, true);
        return all_sent(input);
    });
    world.add_contacts(5);
    const auto policy = GENERATE(domain::OnUncertain::leave, domain::OnUncertain::resend);
    const Id route = world.add_route("", policy);
    Node node(world);
    node.start();
    world.until([&] { return world.waiting() == 5; });
    world.report(world.recipients(route).at(0).message.id, "failed");  // settled: goes on at once
    world.until([&] {
        return world.second(route) != 0 && world.stats(world.second(route)) == Counts{{State::sent, 1}};
    });
    world.report(world.recipients(route).at(1).message.id, "sent");
    world.clock.advance(Millis(send::settling_ms(5) + 1'000));
    world.until([&] { return world.is(route, CampaignState::completed); });
    node.stop();
    const bool resend = policy == domain::OnUncertain::resend;
    CHECK(world.stats(route) == Counts{{State::failed, 1}, {State::sent, 1}, {State::uncertain, 3}});
    CHECK(world.stats(world.second(route)) == Counts{{State::sent, resend ? 4 : 1}});
    const auto reasons =
        world.number("SELECT COALESCE(SUM(n), 0) FROM campaign_reasons WHERE reason = 'uncertain_before'");
    CHECK(reasons == (resend ? 0 : 3));
    CHECK(nobody_twice(world));
}

TEST_CASE("at least once: a blind provider's uncertain messages are sent again, so often and no more") {
    Routes world(both(), "scripted_blind");
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        if (person(input) == 0) return no_answer(net::Transport::timeout, true);
        return all_sent(input);
    });
    world.add_contacts(2);
    const auto policy = GENERATE(domain::OnUncertain::leave, domain::OnUncertain::resend);
    const Id campaign = world.add_campaign();
    world.execute("UPDATE campaigns SET on_uncertain = " + std::to_string(static_cast<int>(policy)));
    Node node(world);
    node.start();
    world.until([&] {
        world.clock.advance(Millis(1'000));
        return world.is(campaign, CampaignState::completed);
    });
    node.stop();
    CHECK(world.stats(campaign) == Counts{{State::sent, 1}, {State::uncertain, 1}});
    const auto arrivals = world.provider.arrivals();
    const int most = std::max_element(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) {
                         return a.second < b.second;
                     })->second;
    CHECK(most == (policy == domain::OnUncertain::resend ? 1 + domain::most_resends : 1));
}

TEST_CASE("however messages end and whatever is reported later, each person counts once") {
    Routes world(both());
    std::mt19937 dice(7);
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        const int n = person(input) + (is_first(input) ? 0 : 3);
        if (n % 4 == 0) return records({failed_record(0, "recipient", "131026")});
        if (n % 7 == 0) return no_answer(net::Transport::timeout, true);
        return all_sent(input);
    });
    world.add_contacts(60);
    world.suppress("+919810000005");
    const Id route = world.add_route(R"(,"after_s":5)");
    Node node(world);
    node.start();
    world.until([&] {
        const Id second = world.second(route);
        return second != 0 && world.stats(second)[State::sent] > 20;
    });
    node.stop();
    check_people(world, route);

    std::vector<Id> messages;
    for (const Id step : {route, world.second(route)})
        for (const auto& view : world.recipients(step)) messages.push_back(view.message.id);
    constexpr const char* news[] = {"sent", "delivered", "read", "failed"};
    for (int i = 0; i < 80; ++i) {
        const Id message = messages[dice() % messages.size()];
        if (world.message(message).outcome) world.report(message, news[dice() % std::size(news)]);
        if (i % 20 == 0) check_people(world, route);
    }
    check_books(world, route);
    check_books(world, world.second(route));
}

// Its first copy may have arrived: nothing that becomes of the second one can say that it did not.
TEST_CASE("at least once: a message that is not sent again after all stays uncertain") {
    std::atomic<int> requests = 0;
    Routes world(both(), "scripted_blind");
    world.provider.on_request([&](const Json&) -> std::optional<net::Reply> {
        if (++requests == 1) return no_answer(net::Transport::timeout, true);
        return records({failed_record(0, "recipient", "gone")});
    });
    world.add_contacts(1);
    const Id campaign = world.add_campaign();
    world.execute("UPDATE campaigns SET on_uncertain = 1");
    Node node(world);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue WHERE in_doubt = 1") == 1; });
    int copies = 1;
    SECTION("the second one is refused") { copies = 2; }
    SECTION("the person writes STOP") { world.suppress("+919810000000"); }
    SECTION("the campaign is cancelled") { REQUIRE(node.service.cancel(World::scope, campaign)); }
    world.until([&] {
        world.clock.advance(Millis(1'000));
        return world.campaign(campaign).finished_at != 0;
    });
    node.stop();
    CHECK(world.stats(campaign) == Counts{{State::uncertain, 1}});
    CHECK(requests == copies);
    check_books(world, campaign);
}

TEST_CASE("a single message has a route of its own") {
    Routes world(both());
    world.provider.on_request([](const Json& input) -> std::optional<net::Reply> {
        if (is_first(input)) return records({failed_record(0, "recipient", "131026")});
        return all_sent(input);
    });
    Node node(world);
    send::MessageRequest request;
    request.connection = World::connection;
    request.channel = "whatsapp";
    request.to = "+919810000001";
    request.content = *domain::parse_content(Json{{"kind", "text"}, {"text", "Hello"}}, "content");
    domain::Step sms;
    sms.connection = second_connection;
    sms.channel = "sms";
    sms.content = *domain::parse_content(Json{{"kind", "text"}, {"text", "Hello by SMS"}}, "content");
    request.fallback = {sms};
    const auto sent = node.service.send_message(World::scope, request, {});
    REQUIRE(sent);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM outcomes") == 2; });
    node.stop();
    const auto next = world.database.database().read([&](store::Session& session) {
        return store::messages::list(session, World::scope, {}, 0, 1).rows.at(0);
    });
    CHECK(next.message.after == sent->message.id);
    CHECK(next.message.connection == second_connection);
    CHECK(next.message.address == "+919810000001");
    CHECK(next.state == State::sent);
    CHECK(world.message(sent->message.id).state == State::failed);
    CHECK(world.waiting() == 0);
}
