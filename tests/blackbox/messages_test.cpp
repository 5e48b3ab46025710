// Single messages: repeated requests, people who say STOP, providers that refuse for a while.
#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

Json text_to(const std::string& connection, const std::string& number) {
    return Json{{"connection", connection},
                {"channel", "sms"},
                {"to", number},
                {"content", Json{{"kind", "text"}, {"text", "Your table is ready"}}}};
}

Json wait_for_state(World& world, const std::string& message, const std::string& state) {
    Json seen;
    wait_until(
        message + " to be " + state, 30s,
        [&] {
            seen = world.api().get("/v1/messages/" + message);
            return seen.at("state").text() == state;
        },
        [&] { return seen.dump(); });
    return seen;
}

bool suppressed(World& world, const std::string& address) {
    for (const Json& row : world.api().all("/v1/suppressions"))
        if (row.at("address").text() == address) return true;
    return false;
}

}  // namespace

TEST_CASE("a request repeated with its Idempotency-Key is one message") {
    World world(GENERATE_REF(from_range(dialects())));
    const std::string twilio = world.connect("twilio");
    const Client::Headers key{{"Idempotency-Key", "order-42"}};
    const Json first = world.api().post("/v1/messages", text_to(twilio, "9812345678"), 202, key);
    wait_for_state(world, first.at("id"), "delivered");
    const Answer again = world.api().ask("POST", "/v1/messages", text_to(twilio, "9812345678").dump(), key);
    REQUIRE(again.status == 202);
    REQUIRE(again.json().at("id") == first.at("id"));
    REQUIRE(again.header("Idempotent-Replayed") == "true");
    // The same key for something else is a mistake of the caller.
    world.api().post("/v1/messages", text_to(twilio, "9812345679"), 422, key);
    // And it holds over a restart.
    REQUIRE(world.stop() == 0);
    world.start();
    REQUIRE(world.api().post("/v1/messages", text_to(twilio, "9812345678"), 202, key) == first);
    REQUIRE(world.sim().accepted("twilio") == 1);

    const Json told = world.api().get("/v1/messages/" + first.at("id").text());
    REQUIRE(told.at("address").text() == "+919812345678");
    REQUIRE_FALSE(told.at("provider_id").is_null());
    REQUIRE_FALSE(told.at("events").empty());
    world.sim().require_no_complaints();
}

TEST_CASE("who writes STOP gets nothing more, until START") {
    World world(GENERATE_REF(from_range(dialects())));
    const std::string twilio = world.connect("twilio");
    const std::string number = "+919812345678";
    const Json before = world.api().post("/v1/messages", text_to(twilio, number), 202);
    wait_for_state(world, before.at("id"), "delivered");

    const auto writes = [&](const std::string& text) {
        world.sim().control().post(
            "/inbound",
            Json{{"provider", "twilio"}, {"from", "919812345678"}, {"text", text}, {"whatsapp", false}});
    };
    writes("Stop");
    wait_until("the number to be closed", 30s, [&] { return suppressed(world, number); });
    const Json after = world.api().post("/v1/messages", text_to(twilio, number), 202);
    REQUIRE(after.at("state").text() == "skipped");
    REQUIRE(after.at("reason").text() == "suppressed");

    writes("START");
    wait_until("the number to be open again", 30s, [&] { return !suppressed(world, number); });
    const Json reopened = world.api().post("/v1/messages", text_to(twilio, number), 202);
    wait_for_state(world, reopened.at("id"), "delivered");
    REQUIRE(world.sim().accepted("twilio") == 2);

    std::size_t inbound = 0;
    for (const Json& message : world.api().all("/v1/messages"))
        inbound += message.at("origin").text() == "inbound" ? 1U : 0U;
    REQUIRE(inbound == 2);
    world.sim().require_no_complaints();
}

TEST_CASE("a provider that throttles or fails for a while gets everything once") {
    constexpr int people = 100;
    Setup setup;
    // Every tenth number is refused once as too fast, every tenth once as out of service.
    setup.sim =
        Json{{"rules",
              Json::array({Json{{"provider", "meta"}, {"suffix", "3"}, {"code", 130429}, {"times", 1}},
                           Json{{"provider", "meta"}, {"suffix", "7"}, {"code", 131016}, {"times", 1}}})}};
    World world(GENERATE_REF(from_range(dialects())), setup);
    world.import(make_customers(people).csv);
    const std::string meta = world.connect("meta");
    world.sync_templates(meta);
    const std::string campaign = world.send_campaign(meta, order_update(), Json{{"all", true}});
    world.wait_completed(campaign, 60s);
    world.sim().wait_for_webhooks(30s);
    const Json summary = world.sim().summary("meta");
    INFO(summary.dump());
    REQUIRE(summary.at("accepted").integer() == people);
    REQUIRE(summary.at("refused").at("130429").integer() == people / 10);
    REQUIRE(summary.at("refused").at("131016").integer() == people / 10);
    world.sim().require_no_complaints();
    wait_until("everybody to be delivered", 30s,
               [&] { return world.states(campaign)["delivered"] == people; });
}

TEST_CASE("an answer that is lost is uncertain, never sent again, and settled by the provider's events") {
    constexpr int people = 500;
    Setup setup;
    setup.sim = Json{{"cut_percent", 10}, {"drop_percent", 10}};
    World world(GENERATE_REF(from_range(dialects())), setup);
    world.import(make_customers(people).csv);
    const std::string meta = world.connect("meta");
    world.sync_templates(meta);
    // With a pace: lost answers come back sooner than good ones, and ten in a row would open the breaker.
    const std::string campaign =
        world.send_campaign(meta, order_update(), Json{{"all", true}}, Json{{"per_second", 400}});
    world.wait_completed(campaign, 120s);
    world.sim().wait_for_webhooks(30s);
    const Json summary = world.sim().summary("meta");
    INFO(summary.dump());
    REQUIRE(summary.at("cut").integer() > people / 50);
    const std::int64_t dropped = people - summary.at("accepted").integer();
    REQUIRE(dropped > people / 50);
    world.sim().require_no_complaints();
    wait_until(
        "the cut ones to be settled", 30s,
        [&] {
            auto states = world.states(campaign);
            return states["uncertain"] == dropped && states["delivered"] == summary.at("accepted").integer();
        },
        [&] { return world.api().get("/v1/campaigns/" + campaign + "/stats").dump(); });
    require_same_funnel(world, campaign, "meta");
}
