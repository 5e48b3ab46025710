// Renewable credentials over the real engines and store: who asks the provider for one, how often, and what a
// message hears of it.
#include <future>
#include <set>

#include <catch2/catch.hpp>

#include "store/connections.hpp"
#include "store/credentials.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::State;

namespace {

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

constexpr std::int64_t life_ms = 1'000'000;

// A provider with a login: token-1, token-2, …; it takes those that it has not revoked.
struct Gate {
    explicit Gate(const Clock& clock_to_use) : clock(clock_to_use) {}

    std::optional<net::Reply> take(const Json& input) {
        const std::lock_guard lock(mutex);
        const std::string op = input.at("op").text();
        if (op == "authorize") return login();
        if (late) {
            ++waiting;
            return std::nullopt;
        }
        used.push_back(input.at("token").text());
        if (revoked.contains(used.back())) return refuse(input, op);
        if (op != "send") return records({Json::array({"balance", Json{{"amount", "7"}}})});
        return all_sent(input);
    }
    std::optional<net::Reply> login() {
        ++logins;
        if (silent) return std::nullopt;
        if (!wrong.is_null()) return records({Json::array({"account", wrong})});
        return records({Json::array({"credential", Json{{"token", "token-" + std::to_string(logins)},
                                                        {"expires_at", clock.now_ms() + life_ms}}})});
    }
    static net::Reply refuse(const Json& input, const std::string& op) {
        const Json error{{"class", "auth"}, {"code", "401"}, {"text", "the token is refused"}, {"ok", false}};
        if (op != "send") return records({Json::array({"account", error})});
        Json::Array list;
        for (std::size_t i = 0; i < input.at("to").size(); ++i)
            list.push_back(failed_record(i, "auth", "401", 0, "the token is refused"));
        return records(list);
    }
    int count() {
        const std::lock_guard lock(mutex);
        return logins;
    }
    std::string last_used() {
        const std::lock_guard lock(mutex);
        return used.empty() ? "" : used.back();
    }
    template <class Change>
    void change(const Change& apply) {
        const std::lock_guard lock(mutex);
        apply(*this);
    }

    const Clock& clock;
    std::mutex mutex;
    int logins = 0, waiting = 0;
    bool silent = false, late = false;  // no answer to logins, to all else
    Json wrong;
    std::set<std::string> revoked;
    std::vector<std::string> used;
};

struct Bench {
    explicit Bench(store::Dialect dialect)
        : world(dialect, "scripted_login"), gate(world.clock), node(world) {
        world.provider.on_request([this](const Json& input) { return gate.take(input); });
    }
    ~Bench() { node.stop(Millis(0)); }

    // A single message of its own, to its end.
    store::MessageView send() {
        const Id id = world.add_single("+91981000000" + std::to_string(next++ % 10));
        node.singles->ring();
        world.until([&] {
            const State state = world.message(id).state;
            return state == State::sent || state == State::failed || state == State::uncertain;
        });
        return world.message(id);
    }
    Result<std::vector<plugin::Record>> balance(Node& at) {
        return at.service.ask(World::scope, World::connection, {"balance"});
    }
    // Its settings were changed: what was open with the old ones is not used again.
    void change_settings() {
        world.writer.run([&](store::Session& session) {
            auto row = store::connections::find(session, World::scope, World::connection).value();
            REQUIRE(store::connections::update(session, row, world.clock.now_ms()));
        });
        world.connections.forget(World::connection);
    }

    World world;
    Gate gate;
    Node node;
    int next = 0;
};

}  // namespace

TEST_CASE("a campaign logs in once, and its credential is sealed in the store") {
    Bench bench(both());
    bench.world.add_contacts(300);
    const Id campaign = bench.world.add_campaign();
    bench.node.start();
    bench.world.until([&] { return bench.world.stats(campaign)[State::sent] == 300; });
    CHECK(bench.gate.count() == 1);
    const auto row = bench.world.database.database().read([](store::Session& session) {
        return store::credentials::find(session, World::scope, World::connection);
    });
    REQUIRE(row);
    CHECK(row->sealed.find("token-1") == std::string::npos);
    CHECK(row->expires_at > bench.world.clock.now_ms());
    // And no log line or text would show it.
    CHECK(bench.world.redactor("they quote token-1") == "they quote [secret]");
}

TEST_CASE("another server uses the same credential, and so does the next process") {
    Bench bench(both());
    REQUIRE(bench.balance(bench.node));
    Node other(bench.world, "two");
    REQUIRE(bench.balance(other));
    CHECK(bench.gate.count() == 1);
    CHECK(bench.gate.last_used() == "token-1");
}

TEST_CASE("servers that log in at the same time: one asks, the others wait for it") {
    Bench bench(both());
    Node other(bench.world, "two");
    bench.gate.change([](Gate& gate) { gate.silent = true; });
    std::vector<std::future<Result<std::vector<plugin::Record>>>> answers;
    for (Node* node : {&bench.node, &other, &bench.node, &other})
        answers.push_back(std::async(std::launch::async, [&bench, node] { return bench.balance(*node); }));
    bench.world.until([&] { return bench.gate.count() == 1; });
    for (int i = 0; i < 100; ++i) bench.world.clock.advance(Millis(10));
    bench.gate.change([](Gate& gate) {
        gate.silent = false;
        gate.logins = 0;  // the one that hung is answered now
    });
    bench.world.provider.release();
    bench.world.until([&] {
        return std::all_of(answers.begin(), answers.end(), [](auto& answer) {
            return answer.wait_for(Millis(0)) == std::future_status::ready;
        });
    });
    for (auto& answer : answers) CHECK(answer.get());
    CHECK(bench.gate.count() == 1);
}

TEST_CASE("a credential is renewed when 80 % of its life are over, while it is still used") {
    Bench bench(both());
    REQUIRE(bench.balance(bench.node));
    bench.world.clock.advance(Millis(life_ms * 79 / 100));
    REQUIRE(bench.balance(bench.node));
    CHECK(bench.gate.count() == 1);
    bench.world.clock.advance(Millis(life_ms * 2 / 100));
    REQUIRE(bench.balance(bench.node));
    bench.world.until([&] { return bench.gate.count() == 2; });
    bench.world.until([&] { return bench.balance(bench.node) && bench.gate.last_used() == "token-2"; });
    CHECK(bench.gate.count() == 2);
}

TEST_CASE("one whose life is over is not shown to the provider again") {
    Bench bench(both());
    REQUIRE(bench.balance(bench.node));
    bench.world.clock.advance(Millis(life_ms + 1));
    REQUIRE(bench.balance(bench.node));
    CHECK(bench.gate.last_used() == "token-2");
    CHECK(bench.gate.used.size() == 2);
}

TEST_CASE("class auth drops the credential once, and the message goes with a fresh one") {
    Bench bench(both());
    bench.node.start();
    CHECK(bench.send().state == State::sent);
    bench.gate.change([](Gate& gate) { gate.revoked.insert("token-1"); });
    CHECK(bench.send().state == State::sent);
    CHECK(bench.gate.last_used() == "token-2");
    CHECK(bench.gate.count() == 2);

    // Questions too.
    bench.gate.change([](Gate& gate) { gate.revoked.insert("token-2"); });
    REQUIRE(bench.balance(bench.node));
    CHECK(bench.gate.count() == 3);
}

TEST_CASE("the refusal of an older credential, late, goes on with the one there is by then") {
    Bench bench(both());
    REQUIRE(bench.balance(bench.node));
    bench.gate.change([](Gate& gate) { gate.late = true; });
    std::vector<std::future<Result<std::vector<plugin::Record>>>> answers;
    for (int i = 0; i < 5; ++i)
        answers.push_back(std::async(std::launch::async, [&bench] { return bench.balance(bench.node); }));
    bench.world.until([&] {
        const std::lock_guard lock(bench.gate.mutex);
        return bench.gate.waiting == 5;
    });
    bench.gate.change([](Gate& gate) {
        gate.late = false;
        gate.revoked.insert("token-1");
    });
    REQUIRE(bench.balance(bench.node));
    CHECK(bench.gate.count() == 2);
    bench.world.provider.release();
    for (auto& answer : answers) CHECK(answer.get());
    CHECK(bench.gate.last_used() == "token-2");
    CHECK(bench.gate.count() == 2);
}

TEST_CASE("a fresh credential that is refused too is the provider's word") {
    Bench bench(both());
    bench.gate.change([](Gate& gate) { gate.revoked = {"token-1", "token-2"}; });
    bench.node.start();
    const auto view = bench.send();
    CHECK(view.state == State::failed);
    CHECK(view.outcome->cls == "auth");
    CHECK(view.outcome->text == "the token is refused");
    CHECK(bench.gate.count() == 2);
}

TEST_CASE("a refused login is the message's reason, and is not repeated at once") {
    Bench bench(both());
    bench.gate.change([](Gate& gate) {
        gate.wrong = Json{{"ok", false}, {"class", "auth"}, {"text", "the client secret is wrong"}};
    });
    const auto first = bench.balance(bench.node);
    REQUIRE_FALSE(first);
    CHECK(first.error().text == "the client secret is wrong");
    CHECK_FALSE(bench.balance(bench.node));
    CHECK(bench.gate.count() == 1);

    bench.node.start();
    bench.world.clock.advance(Millis(11'000));
    const auto view = bench.send();
    CHECK(view.state == State::failed);
    CHECK(view.outcome->cls == "auth");
    CHECK(view.outcome->text == "the client secret is wrong");
    CHECK(bench.gate.count() == 2);
    CHECK(bench.gate.used.empty());  // no message was shown to the provider
}

TEST_CASE("a provider whose login has a passing fault delays messages") {
    Bench bench(both());
    bench.gate.change([](Gate& gate) {
        gate.wrong = Json{{"ok", false}, {"class", "provider"}, {"text", "the login is down"}};
    });
    bench.node.start();
    const Id id = bench.world.add_single("+919810000009");
    bench.node.singles->ring();
    bench.world.until([&] { return bench.gate.count() > 0; });
    bench.gate.change([](Gate& gate) { gate.wrong = Json(); });
    bench.world.until([&] { return bench.world.message(id).state == State::sent; });
}

TEST_CASE("what was got with other settings is not used") {
    Bench bench(both());
    REQUIRE(bench.balance(bench.node));
    bench.change_settings();
    REQUIRE(bench.balance(bench.node));
    CHECK(bench.gate.last_used() == "token-2");
}

TEST_CASE("settings with fixed keys need no credential: class auth stands as it is") {
    Bench bench(both());
    bench.gate.change([](Gate& gate) { gate.wrong = Json{{"ok", true}, {"text", "fixed keys"}}; });
    const auto answer = bench.balance(bench.node);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().text == "no login yet");
}
