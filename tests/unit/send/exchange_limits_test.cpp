// The driver keeps limits and paces, and stops at a provider in trouble: docs/design.md 6.1 and 6.2.
#include <catch2/catch.hpp>

#include "exchange_world.hpp"

using namespace dakiya;
using namespace dakiya::send;
using How = Ended::How;
using net::Transport;
using World = ExchangeWorld;

namespace {

plugin::Manifest limited(double per_second) {
    plugin::Manifest manifest;
    manifest.id = "fake";
    manifest.limits = {{"send", "", per_second}};
    return manifest;
}

using Overrides = std::map<std::string, double, std::less<>>;

// How many of three calls, 2 ms apart, have begun when the operator has set these limits.
std::size_t begun(const FakeConnection::Advance& advance, double per_second, Overrides overrides) {
    Limits limits(std::move(overrides));
    World world;
    Exchange exchange({world.client, world.limiter, world.breaker, world.workers, world.workers,
                       world.workers, world.clock, limits});
    for (int i = 0; i < 3; ++i) {
        Call call;
        call.connection = std::make_shared<FakeConnection>(advance, limited(per_second));
        call.connection_id = 7;
        call.op = "check";
        exchange.run(std::move(call), [](const Ended&) {});
        world.settle();
        world.clock.advance(Millis(2));
    }
    return world.client.waiting();
}

// A provider that takes no message of its sender for so long.
FakeConnection::Advance throttled(std::int64_t retry_after_ms) {
    return [=](const plugin::Turn& turn) {
        if (!turn.reply) return ask("answer", "send");
        return say({failed_result(0, "throttled", "429", retry_after_ms)});
    };
}

}  // namespace

TEST_CASE("requests of one limit wait for each other, of another connection or key they do not") {
    World world;
    const auto call = [&](Id connection, const std::string& key) {
        Call c;
        c.connection = std::make_shared<FakeConnection>(
            [key](const plugin::Turn& turn) { return turn.reply ? say({}) : ask("answer", key); },
            limited(1));
        c.connection_id = connection;
        c.op = "send";
        world.run(std::move(c));
    };
    call(7, "send:+15550001");
    CHECK(world.client.waiting() == 1);
    call(7, "send:+15550001");
    CHECK(world.client.waiting() == 1);
    call(7, "send:+15550002");
    CHECK(world.client.waiting() == 2);
    call(8, "send:+15550001");
    CHECK(world.client.waiting() == 3);
    call(7, "other");  // no such limit in the manifest
    CHECK(world.client.waiting() == 4);
    world.clock.advance(Millis(1'011));
    world.run_timer();
    CHECK(world.client.waiting() == 5);
}

TEST_CASE("the operator's limit replaces the manifest's") {
    const auto sender = [](const plugin::Turn& turn) { return turn.reply ? say({}) : ask("answer", "send"); };
    CHECK(begun(sender, 1, {}) == 1);
    CHECK(begun(sender, 1, {{"fake.send", 1000}}) == 3);
}

TEST_CASE("a rate that the provider reports changes its own limit, but not one that the operator has set") {
    const auto slow_sender = [](const plugin::Turn& turn) {
        if (turn.reply) return say({});
        plugin::Output output = ask("answer", "send");
        output.records.push_back({"limit", Json{{"key", "send"}, {"per_second", 1}}});
        return output;
    };
    CHECK(begun(slow_sender, 1'000, {}) == 1);
    CHECK(begun(slow_sender, 1'000, {{"fake.send", 1000}}) == 3);
}

TEST_CASE("a rate that is null counts as none") {
    const auto sender = [](const plugin::Turn& turn) {
        if (turn.reply) return say({});
        plugin::Output output = ask("answer", "send");
        output.records.push_back({"limit", Json{{"key", "send"}, {"per_second", nullptr}}});
        return output;
    };
    CHECK(begun(sender, 1'000, {}) == 3);
}

TEST_CASE("a throttled result slows the limit down before the next request") {
    World world;
    world.run(throttled(5'000), "send", limited(1'000));
    world.answer(http_reply(429));
    world.run(throttled(5'000), "send", limited(1'000));
    CHECK(world.client.waiting() == 0);
    world.clock.advance(Millis(4'900));
    world.run_timer();
    CHECK(world.client.waiting() == 0);
    world.clock.advance(Millis(101));
    world.run_timer();
    CHECK(world.client.waiting() == 1);
}

TEST_CASE("too many for one person slow down nobody else") {
    World world;
    const auto of_person = [](const plugin::Turn& turn) {
        if (!turn.reply) return ask("answer", "send");
        plugin::Record record = failed_result(0, "throttled", "131056", 6'000);
        record.json.find("error")->set("scope", "recipient");
        return say({record});
    };
    world.run(of_person, "send", limited(1'000));
    world.answer(http_reply(400));
    world.ended.clear();
    world.clock.advance(Millis(5));
    world.run(of_person, "send", limited(1'000));
    CHECK(world.client.waiting() == 1);
}

TEST_CASE("a request whose turn would come after its deadline is not sent, and says when to come again") {
    World world;
    world.run(throttled(60'000), "send", limited(1'000));
    world.answer(http_reply(429));
    world.ended.clear();
    Call late;
    late.connection = std::make_shared<FakeConnection>(throttled(60'000), limited(1'000));
    late.connection_id = 7;
    late.op = "send";
    late.not_after = world.clock.steady() + Millis(4'000);
    world.run(std::move(late));
    const Ended end = world.take();
    CHECK(end.how == How::not_sent);
    CHECK(end.untried);
    CHECK(end.cls == domain::Class::throttled);
    CHECK(end.retry_after >= Millis(60'000));
    CHECK(world.client.waiting() == 0);
}

TEST_CASE("a campaign's own pace comes before the provider's limit, and is counted in messages") {
    World world;
    const auto call = [&] {
        Call c;
        c.connection = std::make_shared<FakeConnection>(
            [](const plugin::Turn& turn) { return turn.reply ? say({}) : ask("answer", "send"); },
            limited(1'000));
        c.connection_id = 7;
        c.op = "send";
        c.lane = net::Lane::campaign;
        c.pace = pace_of(9, 1, 2);
        world.run(std::move(c));
    };
    call();
    CHECK(world.client.waiting() == 0);  // one of two permits is here
    world.clock.advance(Millis(1'011));
    while (world.client.waiting() == 0) world.run_timer();
    call();
    CHECK(world.client.waiting() == 1);
}

TEST_CASE("a message whose permit of the campaign's pace is here at once is not counted as coming any more") {
    World world;
    Pacer pacer(world.limiter, world.clock);
    const Pacer::Campaign campaign{9, 100, 0, 1};
    auto place = pacer.place(campaign, 1);
    Call call;
    call.connection = std::make_shared<FakeConnection>(one_request);
    call.connection_id = 7;
    call.op = "send";
    call.lane = net::Lane::campaign;
    call.pace = pace_of(9, 100, 1);
    call.place = place;
    world.run(std::move(call));
    CHECK(world.client.waiting() == 1);
    pacer.room(campaign, 64, 64);  // asks for permits, which come at once here
    const int room = pacer.room(campaign, 64, 64);
    CHECK(room > 0);
    place.reset();
    CHECK(pacer.room(campaign, 64, 64) == room);
}

TEST_CASE("ten lost connections in a row open the breaker, and nothing leaves any more") {
    World world;
    for (int i = 0; i < 10; ++i) {
        world.ended.clear();
        world.run(one_request);
        world.answer(lost(Transport::connect, false));
    }
    world.ended.clear();
    world.run(one_request);
    CHECK(world.client.waiting() == 0);
    const Ended end = world.take();
    CHECK(end.how == How::not_sent);
    CHECK(end.code == "breaker");
    CHECK(end.untried);  // nobody's attempts are used up while the provider is away
    CHECK(end.cls == domain::Class::provider);
    CHECK(end.retry_after > Millis(0));

    SECTION("after its time one request tries") {
        world.clock.advance(end.retry_after);
        world.ended.clear();
        world.run(one_request);
        CHECK(world.client.waiting() == 1);
    }
    SECTION("another connection is not concerned") {
        Call call;
        call.connection = std::make_shared<FakeConnection>(one_request);
        call.connection_id = 8;
        call.op = "send";
        world.ended.clear();
        world.run(std::move(call));
        CHECK(world.client.waiting() == 1);
    }
}

TEST_CASE("answers in which the provider is in trouble open the breaker, refusals of one message do not") {
    const auto answering = [](std::string cls) {
        return [cls](const plugin::Turn& turn) {
            return turn.reply ? say({failed_result(0, cls, "500")}) : ask();
        };
    };
    const auto state_after_ten = [&](const std::string& cls) {
        World world;
        for (int i = 0; i < 10; ++i) {
            world.run(answering(cls));
            world.answer(http_reply(500));
        }
        return world.breaker.state("7");
    };
    CHECK(state_after_ten("provider") == net::Breaker::State::open);
    CHECK(state_after_ten("recipient") == net::Breaker::State::closed);
    CHECK(state_after_ten("throttled") == net::Breaker::State::closed);
}

TEST_CASE("our own refusals do not open the breaker") {
    World world;
    for (int i = 0; i < 20; ++i) {
        world.ended.clear();
        world.run(one_request);
        world.answer(lost(Transport::refused, false));
    }
    CHECK(world.breaker.state("7") == net::Breaker::State::closed);
}
