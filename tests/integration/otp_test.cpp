// One-time passwords with the real engines: what is stored, who may try, and what the limits let through.
#include "send/otp.hpp"

#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dakiya;
using domain::OtpState;

namespace {

store::Dialect both() { return GENERATE_REF(from_range(store::dialects())); }

// Reads what the provider was told to send.
struct Inbox {
    std::mutex mutex;
    std::vector<std::string> texts;

    std::optional<net::Reply> take(const Json& input) {
        const std::lock_guard lock(mutex);
        texts.push_back(input.at("text").text());
        return all_sent(input);
    }
    std::size_t size() {
        const std::lock_guard lock(mutex);
        return texts.size();
    }
    // Of the last text.
    std::string code() {
        const std::lock_guard lock(mutex);
        return texts.back().substr(texts.back().rfind(' ') + 1);
    }
};

struct Bench {
    explicit Bench(store::Dialect dialect, domain::OtpLimits limits = {})
        : world(dialect, "scripted", [this](const Json& input) { return inbox.take(input); }),
          node(world),
          otps({world.database.database(), world.writer, node.ids, world.vault, node.service, world.clock,
                limits}) {
        node.otp->start();
    }

    static domain::Step step(const std::string& channel, const std::string& text) {
        domain::Step step;
        step.connection = World::connection;
        step.channel = channel;
        step.content.kind = "text";
        step.content.text = text;
        return step;
    }
    static send::OtpRequest to(const std::string& address) {
        send::OtpRequest request;
        request.address = address;
        request.steps = {step("sms", "Your code: {{code}}"), step("whatsapp", "Once more: {{code}}")};
        return request;
    }
    store::Otp start(const send::OtpRequest& request) {
        const std::size_t before = inbox.size();
        const auto sent = otps.start(World::scope, request);
        REQUIRE(sent);
        REQUIRE_FALSE(sent->wait);
        world.until([&] { return inbox.size() > before; });
        return sent->otp;
    }
    send::OtpTried verify(const store::Otp& otp, const std::string& code) {
        auto tried = otps.verify(World::scope, otp.id, code);
        REQUIRE(tried);
        return *tried;
    }
    std::string wrong() { return inbox.code() == "000000" ? "000001" : "000000"; }

    Inbox inbox;
    World world;
    Node node;
    send::Otps otps;
};

constexpr const char* number = "+919800000001";

}  // namespace

TEST_CASE("a code is sent, is nowhere in the store, and is right once") {
    Bench bench(both());
    const auto otp = bench.start(Bench::to(number));
    const std::string code = bench.inbox.code();
    REQUIRE(code.size() == 6);
    CHECK(code.find_first_not_of("0123456789") == std::string::npos);
    const auto message = bench.world.message(otp.message).message;
    CHECK(message.origin == domain::Origin::otp);
    CHECK(message.params.find(code) == std::string::npos);
    CHECK(message.content.find(code) == std::string::npos);
    CHECK(otp.hash.find(code) == std::string::npos);

    const auto wrong = bench.verify(otp, bench.wrong());
    CHECK_FALSE(wrong.verified);
    CHECK(wrong.otp.state == OtpState::pending);
    CHECK(wrong.otp.attempts == 1);

    std::atomic<int> right = 0;
    std::vector<std::thread> people;
    for (int i = 0; i < 4; ++i)
        people.emplace_back([&] {
            const auto tried = bench.otps.verify(World::scope, otp.id, code);
            if (tried && tried->verified) ++right;
        });
    for (std::thread& one : people) one.join();
    CHECK(right == 1);
    CHECK(bench.otps.find(World::scope, otp.id)->state == OtpState::verified);
    CHECK(bench.otps.resend(World::scope, otp.id, "").error().code == Code::conflict);
    CHECK(bench.otps.verify(store::Scope{51}, otp.id, code).error().code == Code::not_found);
}

TEST_CASE("a code that did not leave at once is sent from the queue, the same one") {
    Bench bench(both());
    std::string first;
    std::atomic<int> asked = 0;
    bench.world.provider.on_request([&](const Json& input) -> std::optional<net::Reply> {
        if (asked++ > 0) return bench.inbox.take(input);
        first = input.at("text").text();
        return no_answer(net::Transport::connect, false);
    });
    const auto otp = bench.start(Bench::to(number));
    CHECK(bench.inbox.texts.back() == first);
    CHECK(bench.verify(otp, bench.inbox.code()).verified);
}

TEST_CASE("five wrong codes, or its time, end it") {
    Bench bench(both());
    auto otp = bench.start(Bench::to(number));
    SECTION("attempts") {
        for (int i = 0; i < domain::otp::most_attempts; ++i) otp = bench.verify(otp, bench.wrong()).otp;
        CHECK(otp.state == OtpState::failed);
    }
    SECTION("time") {
        bench.world.clock.advance(Millis(600'000));
        CHECK(bench.otps.find(World::scope, otp.id)->state == OtpState::expired);
    }
    SECTION("a person") {
        CHECK(bench.otps.cancel(World::scope, otp.id)->state == OtpState::cancelled);
        CHECK(bench.otps.cancel(World::scope, otp.id).error().code == Code::conflict);
    }
    const auto late = bench.verify(otp, bench.inbox.code());
    CHECK_FALSE(late.verified);
    CHECK(late.otp.state != OtpState::pending);
}

TEST_CASE("sent again, the old code is void and the tries count on") {
    Bench bench(both());
    const auto otp = bench.start(Bench::to(number));
    const std::string old = bench.inbox.code();
    bench.verify(otp, bench.wrong());
    CHECK(bench.otps.resend(World::scope, otp.id, "")->wait->seconds > 0);
    bench.world.clock.advance(Millis(30'000));
    CHECK(bench.otps.resend(World::scope, otp.id, "email").error().field == "channel");
    const auto again = bench.otps.resend(World::scope, otp.id, "");
    REQUIRE(again);
    REQUIRE_FALSE(again->wait);
    bench.world.until([&] { return bench.inbox.size() == 2; });
    CHECK(again->otp.channel == "whatsapp");
    CHECK(again->otp.attempts == 1);
    CHECK(bench.inbox.texts.back().find("Once more") == 0);
    if (old != bench.inbox.code()) CHECK_FALSE(bench.verify(otp, old).verified);
    CHECK(bench.verify(otp, bench.inbox.code()).verified);
}

TEST_CASE("numbers, clients and the tenant have their limits, and a refusal counts for nothing") {
    const domain::OtpLimits limits{30, 2, 3, 4};
    Bench bench(both(), limits);
    const auto refused = [&](const send::OtpRequest& request) {
        const auto sent = bench.otps.start(World::scope, request);
        REQUIRE(sent);
        return sent->wait.has_value();
    };
    auto request = Bench::to(number);
    request.client = "192.0.2.1";
    bench.start(request);
    CHECK(refused(request));
    CHECK(bench.world.number("SELECT COUNT(*) FROM otps") == 1);
    bench.world.clock.advance(Millis(30'000));
    bench.start(request);
    bench.world.clock.advance(Millis(30'000));
    CHECK(refused(request));  // two to this number within the hour
    request.address = "+919800000002";
    bench.start(request);
    request.address = "+919800000003";
    CHECK(refused(request));  // three for this client
    request.client.clear();
    bench.start(request);
    request.address = "+919800000004";
    CHECK(refused(request));  // four of this tenant
    bench.world.clock.advance(Millis(3'600'000));
    bench.start(request);
}

TEST_CASE("whoever opted out gets no code, and the answer says so") {
    Bench bench(store::Dialect::sqlite);
    bench.world.suppress(number);
    const auto sent = bench.otps.start(World::scope, Bench::to(number));
    REQUIRE(sent);
    CHECK(sent->otp.state == OtpState::failed);
    CHECK(sent->otp.text.find("suppressed") != std::string::npos);
}

TEST_CASE("a provider that makes the code itself is asked, and only its explicit word counts") {
    Bench bench(both());
    std::vector<Json> asked;
    Json says = Json::object();
    bench.world.provider.on_request([&](const Json& input) {
        asked.push_back(input);
        return records({Json::array({"otp", says})});
    });
    auto request = Bench::to(number);
    request.native = true;
    request.steps.front().content = {};
    request.steps.resize(1);
    says = Json{{"id", "77"}};
    const auto sent = bench.otps.start(World::scope, request);
    REQUIRE(sent);
    CHECK(sent->otp.state == OtpState::pending);
    CHECK(sent->otp.provider_id == "77");
    CHECK(asked.back().at("address").text() == number);
    CHECK(bench.verify(sent->otp, "1111").otp.attempts == 1);  // no "verified" in its answer
    bench.world.clock.advance(Millis(30'000));
    CHECK_FALSE(bench.otps.resend(World::scope, sent->otp.id, "")->wait);
    says = Json{{"verified", true}};
    CHECK(bench.verify(sent->otp, "1234").verified);
    CHECK(asked.back().at("id").text() == "77");
    CHECK_FALSE(bench.verify(sent->otp, "1234").verified);

    bench.world.clock.advance(Millis(3'600'000));
    SECTION("it refuses") {
        says = Json::parse(R"({"error": {"class": "recipient", "code": "9", "text": "no such number"}})");
        const auto failed = bench.otps.start(World::scope, request);
        REQUIRE(failed);
        CHECK(failed->otp.state == OtpState::failed);
        CHECK(failed->otp.text == "no such number");
    }
    SECTION("nobody can say whether it went out") {
        bench.world.provider.on_request([](const Json&) { return no_answer(net::Transport::timeout, true); });
        const auto lost = bench.otps.start(World::scope, request);
        REQUIRE(lost);
        CHECK(lost->otp.state == OtpState::pending);
        CHECK_FALSE(lost->otp.text.empty());
    }
    SECTION("it cannot be reached") {
        bench.world.provider.on_request(
            [](const Json&) { return no_answer(net::Transport::connect, false); });
        CHECK(bench.otps.start(World::scope, request)->otp.state == OtpState::failed);
    }
}
