// The driver with a scripted provider: every row of the table in docs/design.md 6.1.
#include <catch2/catch.hpp>

#include "exchange_world.hpp"

using namespace dakiya;
using namespace dakiya::send;
using How = Ended::How;
using net::Transport;
using World = ExchangeWorld;

namespace {

plugin::Output one_repeatable(const plugin::Turn& turn) {
    if (!turn.reply) return ask("answer", "", true);
    return say({result(0, "sent")});
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

// A plugin's host answers with a status; what is thrown comes from the server itself, or from a record that
// is not as its host promises.
TEST_CASE("whatever fails in a turn, its caller hears an end, and the next call goes on") {
    World world;
    SECTION("before a request: nothing has happened") {
        world.run([](const plugin::Turn&) -> plugin::Output { throw std::runtime_error("trouble"); });
        const Ended end = world.take();
        CHECK(end.how == How::fault);
        CHECK(end.cls == domain::Class::plugin);
        CHECK(end.code == "internal");
    }
    SECTION("after the answer: nobody can say what happened") {
        world.run([](const plugin::Turn& turn) -> plugin::Output {
            if (!turn.reply) return ask();
            throw std::runtime_error("trouble");
        });
        world.answer(http_reply(200));
        CHECK(world.take().how == How::unknown);
    }
    SECTION("with a record of another shape than its schema says") {
        world.run([](const plugin::Turn& turn) {
            if (!turn.reply) return ask();
            return say({result(0, "failed", Json{{"error", Json{{"class", 5}}}})});
        });
        world.answer(http_reply(200));
        CHECK(world.take().how == How::unknown);
    }
    world.ended.clear();
    world.run(one_request);
    world.answer(http_reply(200));
    CHECK(world.take().how == How::finished);
}

TEST_CASE("what a caller throws when it hears the end is not told to it as another one") {
    World world;
    Call call;
    call.connection = std::make_shared<FakeConnection>(one_request);
    call.op = "send";
    call.input = "{}";
    int heard = 0;
    world.exchange.run(std::move(call), [&heard](const Ended&) {
        ++heard;
        throw std::runtime_error("trouble");
    });
    world.settle();
    world.answer(http_reply(200));
    CHECK(heard == 1);
}
