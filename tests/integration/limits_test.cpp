// Limits that several servers share, and tenants that share a server. Here the clock goes as fast as time
// does, for on MariaDB the limits go by the database's own.
#include <catch2/catch.hpp>

#include <algorithm>

#include "store/connections.hpp"
#include "store/rate_grants.hpp"
#include "store/tenants.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;

namespace {

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

void until_in_real_time(World& world, const std::function<bool()>& condition, Millis at_most) {
    const auto begun = std::chrono::steady_clock::now();
    const Steady clock_begun = world.clock.steady();
    Bell never;
    while (!condition()) {
        const auto passed = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begun);
        if (passed > at_most) FAIL("it took longer than " << at_most.count() << " ms");
        const auto behind = std::chrono::duration_cast<Millis>(clock_begun + passed - world.clock.steady());
        if (behind > Millis(0)) world.clock.advance(behind);
        never.wait_for(Millis(1));
    }
}

bool completed(World& world, Id campaign) {
    return world.campaign(campaign).state == CampaignState::completed;
}

// Most arrivals in any window of a second.
int worst_second(const std::vector<std::int64_t>& times) {
    std::size_t worst = 0, first = 0;
    for (std::size_t last = 0; last < times.size(); ++last) {
        while (times[last] - times[first] >= 1'000) ++first;
        worst = std::max(worst, last - first + 1);
    }
    return static_cast<int>(worst);
}

Node::Options limited(double per_second) {
    Node::Options options;
    options.limits = {{"scripted.send", per_second}};
    return options;
}

// Another tenant with a connection of its own and some contacts. Returns its campaign.
Id add_neighbour(World& world, int contacts) {
    constexpr store::Scope neighbour{51};
    constexpr Id connection = 61;
    store::Campaign campaign;
    world.writer.run([&](store::Session& session) {
        store::tenants::create(session, {neighbour.tenant, "Bakery", "IN", "Asia/Kolkata", "", 1});
        store::Connection row;
        row.id = connection;
        row.tenant = neighbour.tenant;
        row.provider = "scripted";
        row.name = "Test";
        row.settings = row.secrets = "{}";
        row.state = "enabled";
        store::connections::create(session, row);
        std::vector<store::Contact> page;
        for (int i = 0; i < contacts; ++i) {
            store::Contact contact;
            contact.tenant = neighbour.tenant;
            contact.phone = "+91990000" + std::to_string(1'000 + i);
            page.push_back(std::move(contact));
        }
        store::contacts::upsert(session, neighbour, page, world.clock.now_ms());
        campaign.id = store::reserve_ids(session, 1);
        campaign.tenant = neighbour.tenant;
        campaign.name = "Bread";
        campaign.state = CampaignState::sending;
        campaign.connection = connection;
        campaign.channel = "sms";
        campaign.content = R"({"kind":"text","text":"Fresh"})";
        campaign.audience = R"({"all":true})";
        campaign.created_at = campaign.started_at = world.clock.now_ms();
        store::campaigns::create(session, campaign);
    });
    return campaign.id;
}

CampaignState state_of(World& world, Id campaign) {
    const auto pulse = world.database.database().read(
        [&](store::Session& session) { return store::campaigns::pulse(session, campaign); });
    return pulse.value().state;
}

}  // namespace

TEST_CASE("four servers together keep to the provider's rate in every second, and use it") {
    World world(both());
    world.add_contacts(4'000);
    world.add_campaign();
    constexpr int rate = 200;
    std::vector<std::unique_ptr<Node>> nodes;
    for (const char* name : {"one", "two", "three", "four"})
        nodes.push_back(std::make_unique<Node>(world, name, limited(rate)));
    for (const auto& node : nodes) node->start();
    until_in_real_time(
        world, [&] { return world.provider.requests() >= 50; }, Millis(20'000));
    const std::size_t begun = world.provider.requests();
    const auto begun_at = world.clock.steady();
    until_in_real_time(
        world, [&] { return world.clock.steady() >= begun_at + Millis(3'000); }, Millis(20'000));
    const auto sent = static_cast<double>(world.provider.requests() - begun);
    const auto times = world.provider.times();
    for (const auto& node : nodes) node->crash();

    CHECK(worst_second(times) <= rate * 1.05);
    CHECK(sent >= 3 * rate * 0.8);  // ./dev bench limits measures it on a quiet machine
    for (const auto& [ref, arrived] : world.provider.arrivals()) CHECK(arrived == 1);
}

TEST_CASE("a campaign's own pace holds over several servers") {
    World world(both());
    world.add_contacts(150);
    const Id campaign = world.add_campaign(R"({"all":true})", 100);
    Node one(world, "one"), two(world, "two");
    one.start();
    two.start();
    until_in_real_time(
        world, [&] { return completed(world, campaign); }, Millis(20'000));
    CHECK(worst_second(world.provider.times()) <= 105);
    CHECK(world.stats(campaign)[State::sent] == 150);
}

TEST_CASE("a small tenant does not wait for a large one's chunks") {
    World world(both());
    world.add_contacts(6'000);
    const Id large = world.add_campaign();
    Node node(world, "one", limited(100));  // ten seconds for each chunk of the large one
    node.start();
    until_in_real_time(
        world, [&] { return world.provider.requests() >= 30; }, Millis(20'000));

    const auto begun = world.clock.steady();
    const Id small = add_neighbour(world, 100);  // one second when it is alone
    node.campaigns_bell.ring();
    until_in_real_time(
        world, [&] { return state_of(world, small) == CampaignState::completed; }, Millis(20'000));
    CHECK(world.clock.steady() - begun < Millis(4'000));
    CHECK(state_of(world, large) == CampaignState::sending);
    node.crash();
}

TEST_CASE("a long wait that the provider asks for costs no attempts") {
    World world(store::Dialect::sqlite);  // its clock is the test's
    std::atomic<bool> throttles = true;
    world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        if (!throttles) return all_sent(input);
        return records({failed_record(0, "throttled", "429", 120'000)});
    });
    world.add_contacts(60);
    const Id campaign = world.add_campaign();
    Node::Options options = limited(50);
    options.lease = Millis(6'000);
    Node node(world, "one", options);
    node.start();
    world.until([&] { return world.provider.requests() >= 1; });
    const auto begun = world.clock.steady();
    world.until([&] { return world.clock.steady() >= begun + Millis(110'000); });
    throttles = false;
    const std::size_t before = world.provider.requests();
    CHECK(before <= 20);  // what was on its way when the provider said so
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign)[State::sent] == 60);
    CHECK(world.number("SELECT MAX(attempts) FROM outcomes") <= 2);
    CHECK(world.provider.requests() == 60 + before);
}
