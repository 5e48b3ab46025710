// The time of a campaign, through the REST API and the real binary: a closed window, a canary, a retry.
#include <chrono>
#include <cstdio>

#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 400;

// "HH:00" so many hours from now, by UTC.
std::string hour_from_now(int hours) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto hour = (std::chrono::duration_cast<std::chrono::hours>(now).count() + hours) % 24;
    char text[8];
    std::snprintf(text, sizeof text, "%02d:00", static_cast<int>(hour));
    return text;
}

}  // namespace

TEST_CASE("a closed window sends nothing, a canary goes first, and a retry finds only those who failed") {
    World world(GENERATE_REF(from_range(dialects())));
    REQUIRE(world.import(make_customers(people).csv).at("created").integer() == people);
    const std::string meta = world.connect("meta");
    world.sync_templates(meta);

    const Json window{{"from", hour_from_now(3)}, {"to", hour_from_now(5)}, {"zone", "UTC"}};
    const std::string waiting =
        world.send_campaign(meta, order_update(), Json{{"all", true}}, Json{{"window", window}});
    wait_until("everybody to be queued", 30s,
               [&] { return world.states(waiting)["queued"] == std::int64_t{people}; });
    REQUIRE(world.sim().accepted("meta") == 0);
    world.api().post("/v1/campaigns/" + waiting + "/cancel", Json::object());
    wait_until("everybody to be cancelled", 30s,
               [&] { return world.states(waiting)["cancelled"] == std::int64_t{people}; });

    const Json canary{{"count", 50}, {"hold_s", 2}};
    const std::string id =
        world.send_campaign(meta, order_update(), Json{{"all", true}}, Json{{"canary", canary}});
    wait_until("the canary to be sent", 30s, [&] { return world.sim().accepted("meta") >= 50; });
    const Json held = world.api().get("/v1/campaigns/" + id);
    REQUIRE((held.at("canary_state").text() == "over" || held.at("recipients").integer() == 50));
    world.wait_completed(id, 60s);
    REQUIRE(world.sim().accepted("meta") == people);

    const Json retry = world.api().post("/v1/campaigns/" + id + "/retry", Json::object(), 201);
    const auto failed = world.states(id)["failed"];
    const std::string path = "/v1/campaigns/" + retry.at("id").text();
    world.api().post(path + "/send", Json::object(), failed > 0 ? 200 : 409);
    world.sim().require_no_complaints();
}
