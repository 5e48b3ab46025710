// Processes that end in the middle, and those that come after them.
#include <catch2/catch.hpp>

#include <set>

#include "store/queue.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;
using domain::State;
using Counts = std::map<State, std::int64_t>;

namespace {

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

// Answers the first `n` requests and leaves the others without an answer.
FakeProvider::Answer answer_first(int n) {
    auto left = std::make_shared<std::atomic<int>>(n);
    return [left](const Json& input) -> std::optional<net::Reply> {
        if (--*left < 0) return std::nullopt;
        return all_sent(input);
    };
}

bool completed(World& world, Id campaign) {
    return world.campaign(campaign).state == CampaignState::completed;
}

std::set<std::string> refs_in(World& world, Id campaign, State state) {
    std::set<std::string> refs;
    for (const auto& view : world.recipients(campaign))
        if (view.state == state) refs.insert(format_id(prefix::message, view.message.id));
    return refs;
}

}  // namespace

TEST_CASE("stopped in the middle, another node finishes and nobody gets it twice") {
    World world(both());
    world.add_contacts(2'000);
    const Id campaign = world.add_campaign();
    Node first(world, "first");
    first.start();
    world.until([&] { return world.provider.requests() >= 300; });
    first.stop();
    const auto sent = static_cast<std::int64_t>(world.provider.requests());
    CHECK(world.stats(campaign)[State::sent] == sent);
    world.until([&] { return world.number("SELECT COUNT(*) FROM campaign_chunks WHERE owner <> ''") == 0; });

    Node second(world, "second");
    second.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 2'000}});
    CHECK(world.counted(campaign) == world.stats(campaign));
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times == 1);
}

TEST_CASE("two nodes at once share a campaign") {
    World world(both());
    world.add_contacts(2'500);
    const Id campaign = world.add_campaign();
    Node first(world, "first"), second(world, "second");
    first.start();
    second.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 2'500}});
    CHECK(world.counted(campaign) == world.stats(campaign));
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times == 1);
}

TEST_CASE("after a crash exactly those that were on their way are uncertain") {
    World world(both(), "scripted", answer_first(20));
    world.add_contacts(150);
    const Id campaign = world.add_campaign();
    Node first(world, "first");
    first.start();
    // So many of the window's 64 that no further micro-batch is worth a commit: nothing is only marked.
    world.until([&] {
        const auto marked =
            world.number("SELECT COALESCE(SUM(intent_id - first_id), 0) FROM campaign_chunks");
        return world.number("SELECT COUNT(*) FROM outcomes") == 20 && marked > 20 + 64 - 8 &&
               static_cast<std::int64_t>(world.provider.hanging()) == marked - 20;
    });
    first.crash();
    std::set<std::string> lost;
    for (const auto& [ref, times] : world.provider.arrivals()) lost.insert(ref);
    for (const std::string& ref : refs_in(world, campaign, State::sent)) lost.erase(ref);
    REQUIRE(lost.size() > 64 - 8);

    world.provider.on_request(all_sent);
    world.clock.advance(Millis(601'000));
    Node second(world, "second");
    second.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(refs_in(world, campaign, State::uncertain) == lost);
    CHECK(world.stats(campaign)[State::uncertain] == static_cast<std::int64_t>(lost.size()));
    CHECK(world.stats(campaign)[State::sent] == 150 - static_cast<std::int64_t>(lost.size()));
    CHECK(world.counted(campaign) == world.stats(campaign));
    for (const auto& [ref, times] : world.provider.arrivals()) CHECK(times == 1);
    // Their provider can look them up, so somebody will.
    CHECK(world.number("SELECT COUNT(*) FROM unsettled") == static_cast<std::int64_t>(lost.size()));
}

TEST_CASE("after a crash a provider that drops repeats gets the same messages again") {
    World world(both(), "scripted_same", answer_first(100));
    world.add_contacts(400);
    const Id campaign = world.add_campaign();
    Node first(world, "first");
    first.start();
    world.until([&] {
        return world.number("SELECT COUNT(*) FROM outcomes") == 100 && world.provider.hanging() >= 16;
    });
    first.crash();

    SECTION("and everybody is sent") { world.provider.on_request(all_sent); }
    SECTION("and again after a second crash") {
        // More than what the first one's workers may still ask for.
        world.provider.on_request(answer_first(150));
        world.clock.advance(Millis(601'000));
        Node second(world, "second");
        second.start();
        world.until([&] { return world.number("SELECT COUNT(*) FROM outcomes") >= 108; });
        second.crash();
        world.provider.forget();
        world.provider.on_request(all_sent);
    }
    world.clock.advance(Millis(601'000));
    Node third(world, "third");
    third.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 400}});
    CHECK(world.counted(campaign) == world.stats(campaign));
}

// A batch has the key of its first message, and after a recovery others may be in it: repeated, some would be
// dropped and some would come twice.
TEST_CASE("after a crash a batch is not repeated, even when its provider drops repeats") {
    World world(both(), "scripted_same_batch", [](const Json&) { return std::nullopt; });
    world.add_contacts(10);
    const Id campaign = world.add_campaign();
    Node first(world, "first");
    first.start();
    world.until([&] { return world.provider.hanging() == 3; });
    first.crash();
    REQUIRE(world.provider.arrivals().size() == 10);

    world.provider.forget();
    world.provider.on_request(all_sent);
    world.clock.advance(Millis(601'000));
    Node second(world, "second");
    second.start();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::uncertain, 10}});
    CHECK(world.counted(campaign) == world.stats(campaign));
    CHECK(world.provider.requests() == 3);
}

TEST_CASE("a message that is refused when it is sent again after a crash is uncertain, not failed") {
    World world(both(), "scripted_same", [](const Json&) { return std::nullopt; });
    world.add_contacts(3);
    const Id campaign = world.add_campaign();
    const Id single = world.add_single("+919800000001");
    Node first(world, "first");
    first.start();
    world.until([&] { return world.provider.hanging() == 4; });
    first.crash();
    world.provider.forget();
    world.provider.on_request([](const Json&) { return records({failed_record(0, "recipient", "gone")}); });
    world.clock.advance(Millis(601'000));
    Node second(world, "second");
    second.start();
    world.until(
        [&] { return completed(world, campaign) && world.number("SELECT COUNT(*) FROM queue") == 0; });
    CHECK(world.stats(campaign) == Counts{{State::uncertain, 3}});
    CHECK(world.counted(campaign) == world.stats(campaign));
    CHECK(world.message(single).state == State::uncertain);
}

// The lost owner may have sent them: they are neither cancelled nor skipped.
TEST_CASE("who was to get a message again after a crash, and must not any more, is uncertain") {
    World world(both(), "scripted_same", [](const Json&) { return std::nullopt; });
    world.add_contacts(10);
    const Id campaign = world.add_campaign();
    Node::Options few;
    few.window = few.micro_batch = 4;
    Node first(world, "first", few);
    first.start();
    world.until([&] { return world.provider.hanging() == 4; });
    first.crash();
    world.provider.forget();
    world.provider.on_request(all_sent);
    world.clock.advance(Millis(601'000));
    Node second(world, "second", few);

    SECTION("because the campaign was cancelled") {
        REQUIRE(second.service.cancel(World::scope, campaign));
        second.start();
        world.until([&] { return world.campaign(campaign).finished_at != 0; });
        CHECK(world.stats(campaign) == Counts{{State::uncertain, 4}, {State::cancelled, 6}});
        CHECK(world.provider.requests() == 4);
    }
    SECTION("because the person wrote STOP") {
        world.suppress("+919810000001");
        second.start();
        world.until([&] { return completed(world, campaign); });
        CHECK(world.stats(campaign) == Counts{{State::uncertain, 1}, {State::sent, 9}});
        for (const auto& [ref, times] : world.provider.arrivals())
            if (refs_in(world, campaign, State::uncertain).contains(ref)) CHECK(times == 1);
    }
    CHECK(world.counted(campaign) == world.stats(campaign));
}

TEST_CASE("who writes STOP after the chunk was read, and before the mark, gets nothing") {
    World world(both(), "scripted", [](const Json&) { return std::nullopt; });
    world.add_contacts(10);
    const Id campaign = world.add_campaign();
    Node::Options few;
    few.window = few.micro_batch = 4;
    Node node(world, "one", few);
    node.start();
    world.until([&] { return world.provider.hanging() == 4; });
    world.suppress("+919810000009");
    world.provider.on_request(all_sent);
    world.provider.release();
    world.until([&] { return completed(world, campaign); });
    CHECK(world.stats(campaign) == Counts{{State::sent, 9}, {State::skipped, 1}});
    CHECK(world.counted(campaign) == world.stats(campaign));
    CHECK(world.provider.arrivals().size() == 9);
    CHECK(world.number("SELECT COUNT(*) FROM outcomes o JOIN messages m ON m.id = o.message_id WHERE "
                       "o.code = 'suppressed' AND m.address = '+919810000009'") == 1);
}

TEST_CASE("single messages after a crash: those on their way are uncertain, those that waited are sent") {
    World world(both(), "scripted", [](const Json&) { return std::nullopt; });
    const Id on_its_way = world.add_single("+919800000001");
    Node first(world, "first");
    first.start();
    world.until([&] { return world.provider.hanging() == 1; });
    first.crash();
    const Id waited = world.add_single("+919800000002");
    CHECK(world.message(on_its_way).state == State::sending);
    CHECK(world.message(waited).state == State::queued);

    world.provider.on_request(all_sent);
    world.clock.advance(Millis(601'000));
    Node second(world, "second");
    second.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue") == 0; });
    CHECK(world.message(on_its_way).state == State::uncertain);
    CHECK(world.message(on_its_way).outcome->code == "lost_owner");
    CHECK(world.message(waited).state == State::sent);
    CHECK(world.provider.requests() == 2);
}

TEST_CASE("a single message of a server that was thought lost goes on when it was surely not sent") {
    const auto lane = GENERATE(store::Lane::otp, store::Lane::single);
    World world(both(), "scripted", [](const Json&) { return std::nullopt; });
    const Id message = world.add_single("+919800000001");
    world.execute("UPDATE queue SET lane = " + std::to_string(static_cast<int>(lane)));
    Node first(world, "first");
    send::QueueRunner& stopped = lane == store::Lane::otp ? *first.otp : *first.singles;
    stopped.turn();
    world.until([&] { return world.provider.hanging() == 1; });
    world.clock.advance(Millis(601'000));
    Node second(world, "second");
    second.start();
    world.until([&] { return world.message(message).state == State::uncertain; });

    // Its answer came in time; the server was stopped, and reads it only now.
    world.provider.on_request([](const Json&) { return records({failed_record(0, "provider", "500")}); });
    world.provider.release();
    world.until([&] {
        stopped.turn();
        return world.number("SELECT COUNT(*) FROM pending_events") == 1;
    });
    world.provider.on_request(all_sent);
    SECTION("in its lane") {
        world.apply_events();
        CHECK(world.number("SELECT lane FROM queue") == static_cast<int>(lane));
        world.until([&] { return world.message(message).state == State::sent; });
        CHECK(world.message(message).outcome->attempts == 2);
        CHECK(world.provider.requests() == 2);
    }
    SECTION("not when it is not valid any more") {
        world.clock.advance(Millis(3'600'000));
        world.apply_events();
        world.until([&] { return world.message(message).state == State::failed; });
        CHECK(world.message(message).outcome->code == "expired");
        CHECK(world.message(message).outcome->text == "its deadline passed before it could be sent");
        CHECK(world.provider.requests() == 1);
    }
}

TEST_CASE("single messages are retried until they are sent, and not after their deadline") {
    World world(both());
    std::atomic<int> refusals = 3;
    world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        if (refusals-- > 0) return records({failed_record(0, "provider", "500")});
        return all_sent(input);
    });
    const Id patient = world.add_single("+919800000001");
    const Id expired = world.add_single("+919800000002", -1);
    Node node(world);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue") == 0; });
    CHECK(world.message(patient).state == State::sent);
    CHECK(world.message(patient).outcome->attempts == 4);
    CHECK(world.message(expired).state == State::failed);
    CHECK(world.message(expired).outcome->code == "expired");
    CHECK(world.provider.arrivals().size() == 1);
}

TEST_CASE("a single message to somebody who opted out meanwhile is not sent") {
    World world(both());
    const Id message = world.add_single("+919800000001");
    world.suppress("+919800000001");
    Node node(world);
    node.start();
    world.until([&] { return world.number("SELECT COUNT(*) FROM queue") == 0; });
    CHECK(world.message(message).state == State::skipped);
    CHECK(world.provider.requests() == 0);
}

TEST_CASE("a message that cannot be made does not stop the others, and waits") {
    World world(both());
    const Id broken = world.add_single("+919800000001");
    const Id sound = world.add_single("+919800000002");
    world.execute("UPDATE messages SET content = 'not JSON' WHERE id = " + std::to_string(broken));
    Node node(world);
    node.start();
    world.until([&] { return world.message(sound).state == State::sent; });
    world.until([&] { return world.number("SELECT MAX(marked) FROM queue") == 0; });
    CHECK(world.message(broken).state == State::queued);
    CHECK(world.number("SELECT attempts FROM queue") == 0);
}
