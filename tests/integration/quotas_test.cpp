// Daily quotas: never exceeded, held campaigns go on by themselves.
#include <catch2/catch.hpp>

#include "store/quotas.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;

namespace {

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

constexpr Millis day{24 * 3'600 * 1'000};

void set_quota(World& world, const std::string& channel, std::int64_t per_day) {
    world.writer.run([&](store::Session& session) {
        store::quotas::put(session, World::scope, channel, 0, per_day);
        store::holds::hurry(session, World::scope, world.clock.now_ms());
    });
}

std::int64_t used(World& world) { return world.number("SELECT used FROM quotas"); }

send::MessageRequest to(const std::string& address) {
    send::MessageRequest request;
    request.connection = World::connection;
    request.to = address;
    request.content.kind = "text";
    request.content.text = "Hello";
    return request;
}

bool held(World& world) { return world.number("SELECT COUNT(*) FROM campaign_holds") == 1; }

// Nothing of the campaign is leased or on its way.
bool at_rest(World& world) {
    return held(world) && world.number("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''") == 0;
}

}  // namespace

TEST_CASE("a campaign sends exactly its quota, says why it waits, and goes on the next day") {
    World world(both());
    world.add_contacts(100);
    set_quota(world, "sms", 30);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return at_rest(world); });
    CHECK(world.provider.requests() == 30);
    CHECK(world.stats(campaign)[State::sent] == 30);
    CHECK(world.campaign(campaign).state == CampaignState::sending);
    CHECK(world.campaign(campaign).state_text ==
          "daily quota of 30 for sms reached; goes on at 00:00 Asia/Kolkata");
    CHECK(used(world) == 30);

    SECTION("at midnight") {
        for (std::size_t sent = 60; sent <= 90; sent += 30) {
            world.clock.advance(day);
            world.until([&] { return world.provider.requests() == sent && at_rest(world); });
            CHECK(used(world) == 30);
        }
        world.clock.advance(day);
    }
    SECTION("when the quota is raised") { set_quota(world, "sms", 1'000); }
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(world.stats(campaign)[State::sent] == 100);
    CHECK(world.counted(campaign) == world.stats(campaign));
    CHECK(world.campaign(campaign).state_text.empty());
    CHECK_FALSE(held(world));
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times == 1);
}

TEST_CASE("what was not sent does not count") {
    World world(both());
    world.add_contacts(20);
    set_quota(world, "", 1'000);
    std::atomic<int> n = 0;
    world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        switch (n++ % 4) {
            case 0:
                return records({failed_record(0, "recipient", "unknown")});
            case 1:
                return records({failed_record(0, "provider", "500")});  // tried again
            default:
                return all_sent(input);
        }
    });
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(world.stats(campaign)[State::failed] > 0);
    CHECK(used(world) == world.stats(campaign)[State::sent]);
}

TEST_CASE("a cancelled campaign ends although a quota holds it") {
    World world(both());
    world.add_contacts(50);
    set_quota(world, "", 10);
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return at_rest(world); });
    REQUIRE(node.service.cancel(World::scope, campaign));
    world.until([&] { return world.number("SELECT COUNT(*) FROM campaign_chunks WHERE done = 0") == 0; });
    CHECK(world.stats(campaign)[State::cancelled] == 40);
    CHECK(world.provider.requests() == 10);
}

TEST_CASE("a single message over the quota is refused, and stored nowhere") {
    World world(both());
    Node node(world);
    node.singles->start();
    const auto send = [&](const char* address) {
        return node.service.send_message(World::scope, to(address), {});
    };
    set_quota(world, "whatsapp", 0);  // counts other messages
    CHECK(send("+919800000001"));
    set_quota(world, "", 1);
    CHECK(send("+919800000002"));
    const auto refused = send("+919800000003");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::too_many);
    CHECK(refused.error().text == "daily quota of 1 reached; goes on at 00:00 Asia/Kolkata");
    CHECK(world.number("SELECT COUNT(*) FROM messages") == 2);
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue") == 0; });
    CHECK(world.provider.requests() == 2);
    world.clock.advance(day);
    CHECK(send("+919800000003"));
}

TEST_CASE("two nodes together do not exceed a quota") {
    World world(both());
    world.add_contacts(600);
    set_quota(world, "", 123);
    world.add_campaign();
    Node first(world, "first"), second(world, "second");
    first.start();
    second.start();
    world.until([&] { return at_rest(world); });
    CHECK(world.provider.requests() == 123);
    CHECK(used(world) == 123);
}
