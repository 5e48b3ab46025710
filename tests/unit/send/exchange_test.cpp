// The driver with a scripted provider: every row of the table in docs/design.md 6.1.
#include <catch2/catch.hpp>

#include "fakes.hpp"
#include "own_grants.hpp"

using namespace dakiya;
using namespace dakiya::send;
using How = Ended::How;
using net::Transport;

namespace {

struct World {
    ManualClock clock;
    FakeClient client;
    net::OwnGrants grants{clock};
    net::Limiter limiter{client, grants, clock};
    net::Breaker breaker{clock};
    Limits limits{{}};
    Pool workers{"turns", 1};
    Exchange exchange{{client, limiter, breaker, workers, workers, workers, clock, limits}};
    std::mutex mutex;
    std::vector<Ended> ended;

    void run(FakeConnection::Advance advance, const std::string& op = "send",
             plugin::Manifest manifest = {}) {
        Call call;
        call.connection = std::make_shared<FakeConnection>(std::move(advance), std::move(manifest));
        call.connection_id = 7;
        call.op = op;
        call.input = "{}";
        run(std::move(call));
    }
    void run(Call call) {
        exchange.run(std::move(call), [this](Ended end) {
            const std::lock_guard lock(mutex);
            ended.push_back(std::move(end));
        });
        settle();
    }
    // Until the workers have nothing left to do: one piece of work may post another.
    void settle() {
        for (int i = 0; i < 3; ++i) {
            std::promise<void> done;
            workers.post([&done] { done.set_value(); });
            done.get_future().get();
        }
    }
    net::Request answer(net::Reply reply) {
        net::Request request = client.answer(std::move(reply));
        settle();
        return request;
    }
    Millis run_timer() {
        const Millis delay = client.run_timer();
        settle();
        return delay;
    }
    Ended take() {
        const std::lock_guard lock(mutex);
        REQUIRE(ended.size() == 1);
        return std::move(ended.front());
    }
    bool running() {
        const std::lock_guard lock(mutex);
        return ended.empty();
    }
};

// One request, and what its answer says.
plugin::Output one_request(const plugin::Turn& turn) {
    if (!turn.reply) return ask();
    return say({result(0, "sent", Json{{"id", turn.reply->body}})});
}

plugin::Output one_repeatable(const plugin::Turn& turn) {
    if (!turn.reply) return ask("answer", "", true);
    return say({result(0, "sent")});
}

plugin::Manifest limited(double per_second) {
    plugin::Manifest manifest;
    manifest.id = "fake";
    manifest.limits = {{"send", "", per_second}};
    return manifest;
}

}  // namespace

TEST_CASE("an operation of one request ends with what the provider said") {
    World world;
    world.run(one_request);
    CHECK(world.answer(http_reply(200, "id-1")).url == "https://provider.example/send");
    const Ended end = world.take();
    CHECK(end.how == How::finished);
    REQUIRE(end.records.size() == 1);
    CHECK(end.records[0].json["id"].text() == "id-1");
}

TEST_CASE("step and memo come back with the reply") {
    World world;
    std::string seen;
    world.run([&seen](const plugin::Turn& turn) {
        if (!turn.reply) {
            auto output = ask("second");
            output.effect->memo = "kept";
            return output;
        }
        seen = std::string(turn.step) + "/" + std::string(turn.memo);
        return say({});
    });
    world.answer(http_reply(200));
    CHECK(world.take().how == How::finished);
    CHECK(seen == "second/kept");
}

TEST_CASE("what a lost answer means") {
    struct Row {
        const char* name;
        Transport transport;
        bool bytes_left;
        How how;
    };
    const auto row = GENERATE(values<Row>({
        {"no connection", Transport::connect, false, How::not_sent},
        {"bad certificate", Transport::tls, false, How::not_sent},
        {"our own refusal", Transport::refused, false, How::not_sent},
        {"timeout before a byte", Transport::timeout, false, How::not_sent},
        {"cut before a byte", Transport::closed, false, How::not_sent},
        {"cut after some bytes", Transport::closed, true, How::unknown},
        {"timeout after the request", Transport::timeout, true, How::unknown},
        {"the answer was too large", Transport::too_large, true, How::unknown},
    }));
    INFO(row.name);
    World world;
    world.run(one_request);
    world.answer(lost(row.transport, row.bytes_left));
    const Ended end = world.take();
    CHECK(end.how == row.how);
    CHECK(end.cls == domain::Class::provider);
    CHECK(end.text.find("the wire broke") != std::string::npos);
    CHECK(world.client.waiting() == 0);
}

TEST_CASE("an operation that reaches nobody gets its lost answer told") {
    World world;
    std::string error;
    world.run(
        [&error](const plugin::Turn& turn) {
            if (!turn.reply) return ask();
            error = turn.reply->error;
            return say({});
        },
        "check");
    world.answer(lost(Transport::timeout, true));
    CHECK(world.take().how == How::finished);
    CHECK(error == "timeout");
}

TEST_CASE("a request that may be repeated is repeated three times") {
    World world;
    world.run(one_repeatable);
    SECTION("and the answer of a repeat counts") {
        world.answer(lost(Transport::closed, true));
        CHECK(world.running());
        CHECK(world.run_timer() == Millis(400));
        world.answer(http_reply(200));
        const Ended end = world.take();
        CHECK(end.how == How::finished);
        CHECK(end.earlier_copy);
    }
    SECTION("then nobody knows") {
        for (const int delay : {400, 800, 1600}) {
            world.answer(lost(Transport::closed, true));
            CHECK(world.run_timer() == Millis(delay));
        }
        world.answer(lost(Transport::closed, true));
        CHECK(world.take().how == How::unknown);
    }
    SECTION("a repeat that does not leave says nothing about the copy before it") {
        world.answer(lost(Transport::closed, true));
        world.run_timer();
        world.answer(lost(Transport::connect, false));
        CHECK(world.take().how == How::unknown);
    }
}

TEST_CASE("faults of the plugin") {
    World world;
    SECTION("before any request nothing has happened") {
        world.run([](const plugin::Turn&) { return fault("threw"); });
        const Ended end = world.take();
        CHECK(end.how == How::fault);
        CHECK(end.cls == domain::Class::plugin);
        CHECK(end.text == "threw");
    }
    SECTION("after an answer nobody knows") {
        world.run([](const plugin::Turn& turn) { return turn.reply ? fault("bad reply") : ask(); });
        world.answer(http_reply(200, "<html>"));
        CHECK(world.take().how == How::unknown);
    }
    SECTION("after a mere wait nothing has happened") {
        world.run([](const plugin::Turn& turn) {
            if (turn.reply) return fault("threw");
            plugin::Output output;
            output.effect = plugin::Effect{"wait/1", {}, R"({"ms":50})", "later", ""};
            return output;
        });
        CHECK(world.run_timer() == Millis(50));
        CHECK(world.take().how == How::fault);
    }
    SECTION("an effect that we do not know") {
        world.run([](const plugin::Turn&) {
            plugin::Output output;
            output.effect = plugin::Effect{"teleport/1", {}, "{}", "", ""};
            return output;
        });
        const Ended end = world.take();
        CHECK(end.how == How::fault);
        CHECK(end.text.find("teleport/1") != std::string::npos);
    }
}

TEST_CASE("a wait is at most ten minutes, whatever was asked") {
    World world;
    const auto asked = GENERATE(values<std::pair<const char*, int>>(
        {{R"({"ms":5})", 5}, {R"({"ms":-5})", 0}, {R"({"ms":86400000})", 600'000}, {"{}", 0}}));
    world.run([&](const plugin::Turn& turn) {
        if (turn.reply) return say({});
        plugin::Output output;
        output.effect = plugin::Effect{"wait/1", {}, asked.first, "", ""};
        return output;
    });
    CHECK(world.run_timer() == Millis(asked.second));
    CHECK(world.take().how == How::finished);
}

TEST_CASE("an operation has sixteen turns, a list a thousand") {
    const auto [op, most] = GENERATE(values<std::pair<std::string, int>>(
        {{"send", Exchange::most_turns}, {"templates.list", Exchange::most_list_turns}}));
    World world;
    int turns = 0;
    world.run(
        [&turns](const plugin::Turn&) {
            ++turns;
            return ask();
        },
        op);
    while (world.running()) world.answer(http_reply(200));
    const Ended end = world.take();
    CHECK(turns == most);
    CHECK(end.how == How::unknown);
    CHECK(end.text.find("more turns") != std::string::npos);
}

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
    World world;
    Limits limits({{"fake.send", 1000}});
    Exchange exchange({world.client, world.limiter, world.breaker, world.workers, world.workers,
                       world.workers, world.clock, limits});
    for (int i = 0; i < 3; ++i) {
        Call c;
        c.connection = std::make_shared<FakeConnection>(
            [](const plugin::Turn& turn) { return turn.reply ? say({}) : ask("answer", "send"); },
            limited(1));
        c.connection_id = 7;
        exchange.run(std::move(c), [](const Ended&) {});
        world.settle();
        world.clock.advance(Millis(2));
    }
    CHECK(world.client.waiting() == 3);
}

TEST_CASE("a rate that the provider reports changes its own limit, but not one that the operator has set") {
    const auto slow_sender = [](const plugin::Turn& turn) {
        if (turn.reply) return say({});
        plugin::Output output = ask("answer", "send");
        output.records.push_back({"limit", Json{{"key", "send"}, {"per_second", 1}}});
        return output;
    };
    const auto begun = [&](std::map<std::string, double, std::less<>> overrides) {
        Limits limits(std::move(overrides));
        World world;
        Exchange exchange({world.client, world.limiter, world.breaker, world.workers, world.workers,
                           world.workers, world.clock, limits});
        for (int i = 0; i < 3; ++i) {
            Call c;
            c.connection = std::make_shared<FakeConnection>(slow_sender, limited(1'000));
            c.connection_id = 7;
            c.op = "check";
            exchange.run(std::move(c), [](const Ended&) {});
            world.settle();
            world.clock.advance(Millis(2));
        }
        return world.client.waiting();
    };
    CHECK(begun({}) == 1);
    CHECK(begun({{"fake.send", 1000}}) == 3);
}

TEST_CASE("a throttled result slows the limit down before the next request") {
    World world;
    const auto throttled = [](const plugin::Turn& turn) {
        if (!turn.reply) return ask("answer", "send");
        return say({failed_result(0, "throttled", "429", 5'000)});
    };
    world.run(throttled, "send", limited(1'000));
    world.answer(http_reply(429));
    world.run(throttled, "send", limited(1'000));
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
    const auto throttled = [](const plugin::Turn& turn) {
        if (!turn.reply) return ask("answer", "send");
        return say({failed_result(0, "throttled", "429", 60'000)});
    };
    world.run(throttled, "send", limited(1'000));
    world.answer(http_reply(429));
    world.ended.clear();
    Call late;
    late.connection = std::make_shared<FakeConnection>(throttled, limited(1'000));
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

TEST_CASE("the end of a lease goes with the request") {
    World world;
    Call call;
    call.connection = std::make_shared<FakeConnection>(one_request);
    call.op = "send";
    call.not_after = world.clock.steady() + Millis(4'000);
    const auto not_after = call.not_after;
    world.run(std::move(call));
    CHECK(world.answer(http_reply(200)).not_after == not_after);
}

TEST_CASE("on_turn sees each turn with where to go on, and the records are not collected") {
    World world;
    std::vector<std::string> turns;
    Call call;
    call.connection = std::make_shared<FakeConnection>([](const plugin::Turn& turn) {
        plugin::Output output = turn.step == "2" ? say({}) : ask(turn.step.empty() ? "1" : "2");
        output.records = {{"note", Json::object()}};
        return output;
    });
    call.op = "templates.list";
    call.on_turn = [&turns](std::vector<plugin::Record> records, const std::string& step,
                            const std::string&) {
        turns.push_back(std::to_string(records.size()) + ":" + step);
    };
    world.run(std::move(call));
    world.answer(http_reply(200));
    world.answer(http_reply(200));
    CHECK(world.take().records.empty());
    CHECK(turns == std::vector<std::string>{"1:1", "1:2", "1:"});
}

TEST_CASE("an operation goes on from a stored step") {
    World world;
    std::string seen;
    Call call;
    call.connection = std::make_shared<FakeConnection>([&seen](const plugin::Turn& turn) {
        seen = std::string(turn.step) + "/" + std::string(turn.memo);
        return say({});
    });
    call.op = "templates.list";
    call.step = "page";
    call.memo = "cursor-9";
    world.run(std::move(call));
    CHECK(seen == "page/cursor-9");
}
