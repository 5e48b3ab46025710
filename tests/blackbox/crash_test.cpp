// The power fails in the middle of a campaign: nobody gets it twice, and nobody is forgotten.
#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

const Json everybody{{"all", true}};

Setup busy_provider() {
    Setup setup;
    setup.sim = Json{{"latency_ms", Json{{"min", 2}, {"max", 20}}},
                     {"statuses", Json{{"read_percent", 30}, {"failed_percent", 3}}},
                     {"webhooks", Json{{"retry_ms", 100}, {"retries", Json{{"meta", 12}}}}}};
    // Each kill waits for the leases of the dead: the length is a setting, what follows is the same.
    setup.settings["send.lease_ms"] = "1000";
    return setup;
}

struct Campaign {
    World world;
    std::string id;

    Campaign(Dialect dialect, int people, int per_second) : world(dialect, busy_provider()) {
        REQUIRE(world.import(make_customers(people).csv).at("created").integer() == people);
        const std::string meta = world.connect("meta");
        world.sync_templates(meta);
        id = world.send_campaign(meta, order_update(), everybody, Json{{"per_second", per_second}});
    }

    void wait_accepted(std::size_t n) {
        wait_until("the simulator to have accepted " + std::to_string(n), 60s,
                   [&] { return world.sim().accepted("meta") >= n; });
    }
};

}  // namespace

TEST_CASE("killed at ten moments of a campaign: nobody twice, nobody forgotten") {
    constexpr int people = 5'000;
    Campaign campaign(GENERATE_REF(from_range(dialects())), people, 1'000);
    World& world = campaign.world;
    for (const std::size_t moment : {0U, 1U, 60U, 300U, 800U, 1'300U, 1'900U, 2'500U, 3'100U, 3'700U}) {
        campaign.wait_accepted(moment);
        world.kill();
        world.start();
    }
    world.wait_completed(campaign.id, 120s);
    world.sim().wait_for_webhooks(60s);
    world.sim().require_no_complaints();

    wait_settled(world, campaign.id, "meta", people);
    require_same_funnel(world, campaign.id, "meta");
    REQUIRE(world.stop() == 0);
}

TEST_CASE("told to stop in mid-campaign: ends in order, goes on after the start, nobody uncertain") {
    constexpr int people = 3'000;
    Campaign campaign(GENERATE_REF(from_range(dialects())), people, 1'000);
    World& world = campaign.world;
    campaign.wait_accepted(500);
    REQUIRE(world.stop() == 0);
    auto leased = world.database().session().query("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''");
    REQUIRE(leased.front().integer(0) == 0);
    leased = world.database().session().query("SELECT COUNT(*) FROM queue WHERE owner <> ''");
    REQUIRE(leased.front().integer(0) == 0);
    REQUIRE(world.sim().accepted("meta") < people);

    const auto started = std::chrono::steady_clock::now();
    world.start();
    world.wait_completed(campaign.id, 60s);
    // No lease had to run out: what was left takes a few seconds at this pace.
    REQUIRE(std::chrono::steady_clock::now() - started < 15s);
    REQUIRE(world.sim().accepted("meta") == people);
    REQUIRE(world.states(campaign.id)["uncertain"] == 0);
    world.sim().require_no_complaints();
}
