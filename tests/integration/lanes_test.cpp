// Single messages and one-time passwords: one commit, their own lane, and what is left when it goes wrong.
#include <catch2/catch.hpp>

#include "store/queue.hpp"
#include "store/suppressions.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;

namespace {

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

std::optional<net::Reply> silence(const Json&) { return std::nullopt; }

send::MessageRequest to(const std::string& address, store::Lane lane = store::Lane::single) {
    send::MessageRequest request;
    request.connection = World::connection;
    request.to = address;
    request.content.kind = "text";
    request.content.text = "Hello";
    request.lane = lane;
    return request;
}

// Only the fast path: nobody takes rows from the queue, for the clock stands still.
Result<store::MessageView> post(Node& node, const send::MessageRequest& request,
                                const send::Along& along = {}) {
    return node.service.send_message(World::scope, request, along);
}

bool queue_is_empty(World& world) { return world.number("SELECT COUNT(*) FROM queue") == 0; }

}  // namespace

TEST_CASE("a message is marked by the commit that stores it, and sent right after") {
    World world(both(), "scripted", silence);
    Node node(world);
    node.otp->start();
    node.singles->start();
    const auto lane = GENERATE(store::Lane::otp, store::Lane::single);
    bool marked = false;
    send::Along along;
    along.after = [&](store::Session& session, const store::MessageView& view) {
        marked = session.query("SELECT marked FROM queue WHERE message_id = ?", {view.message.id})
                     .at(0)
                     .integer(0) == 1;
    };
    const auto sent = post(node, to("+919800000001", lane), along);
    REQUIRE(sent);
    CHECK(marked);
    CHECK(sent->state == State::queued);
    world.until([&] { return world.provider.hanging() == 1; });
    CHECK(world.message(sent->message.id).state == State::sending);
    CHECK(world.number("SELECT lane FROM queue") == static_cast<int>(lane));
    CHECK(world.number("SELECT attempts FROM queue") == 1);

    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return queue_is_empty(world); });
    CHECK(world.message(sent->message.id).state == State::sent);
    CHECK(world.message(sent->message.id).outcome->attempts == 1);
    CHECK(world.provider.requests() == 1);
}

TEST_CASE("when the window is full, a message waits its turn") {
    World world(both(), "scripted", silence);
    Node::Options options;
    options.queue_window = 2;
    Node node(world, "one", options);
    node.singles->start();
    for (int i = 0; i < 2; ++i) REQUIRE(post(node, to("+91980000000" + std::to_string(i))));
    world.until([&] { return world.provider.hanging() == 2; });
    const auto third = post(node, to("+919800000009"));
    REQUIRE(third);
    CHECK(world.message(third->message.id).state == State::queued);

    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return queue_is_empty(world); });
    CHECK(world.message(third->message.id).state == State::sent);
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times == 1);
}

TEST_CASE("a transaction that does not store the message sends nothing and gives its place back") {
    World world(both());
    Node::Options options;
    options.queue_window = 1;
    Node node(world, "one", options);
    node.singles->start();
    send::Along along;
    SECTION("because it was done before") {
        along.before = [](store::Session&) { return false; };
        for (int i = 0; i < 3; ++i) {
            const auto sent = post(node, to("+919800000001"), along);
            REQUIRE_FALSE(sent);
            CHECK(sent.error().code == Code::conflict);
        }
    }
    SECTION("because it failed") {
        along.after = [](store::Session&, const store::MessageView&) { throw std::runtime_error("no"); };
        for (int i = 0; i < 3; ++i) CHECK_THROWS_WITH(post(node, to("+919800000001"), along), "no");
    }
    CHECK(world.number("SELECT COUNT(*) FROM messages") == 0);
    CHECK(queue_is_empty(world));
    const auto sent = post(node, to("+919800000002"));
    REQUIRE(sent);
    world.until([&] { return queue_is_empty(world); });
    CHECK(world.message(sent->message.id).state == State::sent);
    CHECK(world.provider.requests() == 1);
}

TEST_CASE("somebody who opts out while the message is being stored does not get it") {
    World world(both());
    Node node(world);
    node.singles->start();
    send::Along along;
    along.before = [](store::Session& session) {
        store::suppressions::add(session, World::scope,
                                 {"sms", "+919800000001", domain::Suppression::opted_out, "test", 1});
        return true;
    };
    const auto sent = post(node, to("+919800000001"), along);
    REQUIRE(sent);
    CHECK(sent->state == State::skipped);
    CHECK(sent->message.reason == "suppressed");
    CHECK(queue_is_empty(world));
    CHECK(world.provider.requests() == 0);
}

TEST_CASE("on the fast path a crash leaves what was on its way uncertain, or sent again with its key") {
    const bool idempotent = GENERATE(false, true);
    World world(both(), idempotent ? "scripted_same" : "scripted", silence);
    Id message = 0;
    {
        Node first(world, "first");
        first.otp->start();
        const auto sent = post(first, to("+919800000001", store::Lane::otp));
        REQUIRE(sent);
        message = sent->message.id;
        world.until([&] { return world.provider.hanging() == 1; });
        first.crash();
    }
    world.provider.on_request(all_sent);
    world.clock.advance(Millis(601'000));
    SECTION("in any case") {}
    SECTION("and when its deadline has passed meanwhile nobody can say that it was not sent") {
        world.execute("UPDATE queue SET deadline_at = 1");
    }
    const bool late = world.number("SELECT deadline_at FROM queue") == 1;
    Node second(world, "second");
    second.start();
    world.until([&] { return queue_is_empty(world); });
    CHECK(world.message(message).state == (idempotent && !late ? State::sent : State::uncertain));
    CHECK(world.provider.requests() == (idempotent && !late ? 2 : 1));
}

TEST_CASE("retries of a paused campaign are parked, and go on when it is resumed") {
    World world(both());
    world.add_contacts(40);
    world.provider.on_request(
        [](const Json&) { return records({failed_record(0, "throttled", "429", 1'000)}); });
    const Id campaign = world.add_campaign();
    Node node(world);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue") == 40; });
    REQUIRE(node.service.pause(World::scope, campaign));
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue WHERE marked = 2") == 40; });
    const auto requests = world.provider.requests();
    // Those that were taken and not begun do not count.
    CHECK(world.number("SELECT SUM(attempts) FROM queue") == static_cast<std::int64_t>(requests));
    for (const auto& view : world.recipients(campaign)) CHECK(view.state == State::queued);
    world.provider.on_request(all_sent);

    SECTION("resumed") {
        REQUIRE(node.service.resume(World::scope, campaign));
        world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
        CHECK(world.stats(campaign)[State::sent] == 40);
    }
    SECTION("cancelled") {
        REQUIRE(node.service.cancel(World::scope, campaign));
        world.until([&] { return queue_is_empty(world); });
        CHECK(world.stats(campaign)[State::cancelled] == 40);
        CHECK(world.provider.requests() == requests);
    }
}
