// Pause, resume, cancel: they take effect, and the counts add up.
#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 2'000;

struct Sending {
    World world;
    std::string id;

    explicit Sending(Dialect dialect) : world(dialect) {
        REQUIRE(world.import(make_customers(people).csv).at("created").integer() == people);
        const std::string meta = world.connect("meta");
        world.sync_templates(meta);
        id = world.send_campaign(meta, order_update(), Json{{"all", true}}, Json{{"per_second", 800}});
        wait_until("the campaign to get going", 30s, [&] { return accepted() >= 200; });
    }

    std::size_t accepted() { return world.sim().accepted("meta"); }

    Json act(const std::string& word, int status = 200) {
        return world.api().post("/v1/campaigns/" + id + "/" + word, Json::object(), status);
    }

    // Nothing arrives at the provider for a second; says how many had arrived.
    std::size_t wait_quiet() {
        std::size_t seen = accepted();
        auto since = std::chrono::steady_clock::now();
        wait_until("sending to stop", 15s, [&] {
            if (const std::size_t now = accepted(); now != seen) {
                seen = now;
                since = std::chrono::steady_clock::now();
            }
            return std::chrono::steady_clock::now() - since > 1s;
        });
        return seen;
    }
};

}  // namespace

TEST_CASE("a paused campaign sends nothing, a resumed one sends the rest, nobody twice") {
    Sending sending(GENERATE_REF(from_range(dialects())));
    REQUIRE(sending.act("pause").at("state").text() == "paused");
    const std::size_t sent = sending.wait_quiet();
    REQUIRE(sent < people);
    REQUIRE(sending.world.campaign_state(sending.id) == "paused");
    REQUIRE(sending.world.states(sending.id)["queued"] == static_cast<std::int64_t>(people - sent));
    sending.act("pause", 409);

    REQUIRE(sending.act("resume").at("state").text() == "sending");
    sending.world.wait_completed(sending.id, 60s);
    REQUIRE(sending.accepted() == people);
    sending.world.sim().require_no_complaints();
    for (const char* word : {"send", "pause", "resume", "cancel"}) sending.act(word, 409);
}

TEST_CASE("a cancelled campaign ends for good, and everybody is either sent or cancelled") {
    Sending sending(GENERATE_REF(from_range(dialects())));
    REQUIRE(sending.act("cancel").at("state").text() == "cancelled");
    const std::size_t sent = sending.wait_quiet();
    REQUIRE(sent < people);
    const std::string path = "/v1/campaigns/" + sending.id;
    wait_until(
        "the cancelled campaign to be closed", 30s,
        [&] { return sending.world.api().get(path).at("finished_at").integer() != 0; },
        [&] { return sending.world.api().get(path + "/stats").dump(); });
    sending.world.sim().wait_for_webhooks(30s);
    wait_until("the last events", 30s, [&] { return sending.world.states(sending.id)["sent"] == 0; });
    auto states = sending.world.states(sending.id);
    INFO(sending.world.api().get(path + "/stats").dump());
    REQUIRE(states["delivered"] == static_cast<std::int64_t>(sent));
    REQUIRE(states["cancelled"] == static_cast<std::int64_t>(people - sent));
    require_same_funnel(sending.world, sending.id, "meta");
    sending.act("resume", 409);
    REQUIRE(sending.accepted() == sent);
}
