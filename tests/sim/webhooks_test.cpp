#include "webhooks.hpp"
#include "calls.hpp"
#include "meta_payloads.hpp"
#include "text.hpp"
#include "twilio_payloads.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace sim;
using dakiya::Json;

namespace {

// The simulator with a receiver of webhooks on a real socket, in one thread.
struct Stage {
    boost::asio::io_context io{1};
    World world;
    Player& meta = world.player(Provider::meta);
    Player& twilio = world.player(Provider::twilio);
    Webhooks webhooks{io, world};
    std::vector<std::string> bodies;
    std::vector<std::string> targets, signatures;
    int refuse_first = 0;
    Server receiver{io, 0, [this](const Request& request) { return receive(request); }};

    explicit Stage(const std::string& changes = "{}") {
        Json document =
            merged(world.document(),
                   Json::parse(R"({"webhooks":{"retry_ms":1},"statuses":{"delay_ms":{"min":1,"max":3}}})"));
        document =
            merged(std::move(document),
                   Json{{"meta", Json{{"webhook_url", origin() + "/webhooks/meta/t1"}}},
                        {"webhooks", Json{{"origins", Json{{"https://msg.example.test", origin()}}}}}});
        if (const Fault fault = world.configure(merged(std::move(document), Json::parse(changes))))
            FAIL(fault.message());
        world.on_accepted = [this](std::size_t n) { webhooks.accepted(n); };
    }

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(receiver.port()); }

    Reply receive(const Request& request) {
        if (request.method == "GET") {
            const Form query = parse_form(request.query);
            return {200, *find(query, "hub.challenge"), "text/plain"};
        }
        bodies.emplace_back(request.body);
        targets.emplace_back(request.target);
        signatures.emplace_back(request.header("X-Hub-Signature-256").empty()
                                    ? request.header("X-Twilio-Signature")
                                    : request.header("X-Hub-Signature-256"));
        return {refuse_first-- > 0 ? 503 : 200, ""};
    }

    template <class Condition>
    bool run_until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition() && std::chrono::steady_clock::now() < end)
            io.run_one_for(std::chrono::milliseconds(100));
        return condition();
    }

    void send_meta(const std::string& to) {
        const Reply reply = call(
            meta, {"POST",
                   "/v25.0/106540352242922/messages",
                   R"({"messaging_product":"whatsapp","to":")" + to +
                       R"(","type":"text","text":{"body":"Hi"},"biz_opaque_callback_data":"r=)" + to + "\"}",
                   {{"Authorization", "Bearer sim-meta-token"}, {"Content-Type", "application/json"}}});
        REQUIRE(reply.status == 200);
    }

    std::int64_t count(const char* what) const { return webhooks.state().at(what); }
};

}  // namespace

TEST_CASE("Meta's statuses are signed, carry the reference, and are noted when they are acknowledged") {
    Stage stage;
    stage.send_meta("+919812345678");
    REQUIRE(stage.run_until([&] { return stage.count("acknowledged") == 2; }));
    CHECK(stage.targets[0] == "/webhooks/meta/t1");
    CHECK(stage.signatures[0] == meta_signature("sim-app-secret", stage.bodies[0]));
    const Json status =
        Json::parse(stage.bodies[0])["entry"].at(0)["changes"].at(0)["value"]["statuses"].at(0);
    CHECK(status["status"] == Json("sent"));
    CHECK(status["biz_opaque_callback_data"] == Json("r=+919812345678"));
    CHECK(status["id"] == Json(stage.world.ledger().id(0)));
    const Json line = Json::parse(stage.world.ledger().status_lines({}, 0, 1));
    CHECK(line["final"] == Json("delivered"));
    CHECK(line["all_acknowledged"] == Json(true));
}

TEST_CASE("Meta sends again what was not answered with 200") {
    Stage stage;
    stage.refuse_first = 3;
    stage.send_meta("+919812345678");
    REQUIRE(stage.run_until([&] { return stage.count("acknowledged") == 2; }));
    CHECK(stage.bodies.size() == 5);
    CHECK(stage.count("retried") == 3);
}

TEST_CASE("Meta's statuses come in batches, and repeated when asked for") {
    Stage stage(R"({"statuses":{"batch":10,"repeat_percent":100}})");
    for (int i = 0; i < 20; ++i) stage.send_meta("+9198123456" + std::to_string(10 + i));
    std::size_t statuses = 0;
    REQUIRE(stage.run_until([&] {
        statuses = 0;
        for (const std::string& body : stage.bodies)
            statuses += Json::parse(body)["entry"].at(0)["changes"].at(0)["value"]["statuses"].size();
        return statuses == 80;  // sent and delivered, each twice
    }));
    CHECK(stage.bodies.size() < 40);
}

TEST_CASE("Twilio's callback is signed for its public address and is not repeated") {
    Stage stage;
    stage.refuse_first = 1;
    const Reply reply =
        call(stage.twilio,
             {"POST",
              "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json",
              "To=%2B919812345678&From=%2B15550100001&Body=Hi&StatusCallback=" +
                  percent_encode("https://msg.example.test/webhooks/twilio/c1?m=42"),
              {{"Authorization",
                "Basic " + base64("AC00000000000000000000000000000001:0123456789abcdef0123456789abcdef")},
               {"Content-Type", "application/x-www-form-urlencoded"}}});
    REQUIRE(reply.status == 201);
    REQUIRE(
        stage.run_until([&] { return stage.count("acknowledged") == 1 && stage.count("given_up") == 1; }));
    CHECK(stage.targets[0] == "/webhooks/twilio/c1?m=42");
    CHECK(stage.signatures[0] == twilio_signature("0123456789abcdef0123456789abcdef",
                                                  "https://msg.example.test/webhooks/twilio/c1?m=42",
                                                  parse_form(stage.bodies[0])));
    CHECK(*find(parse_form(stage.bodies[1]), "MessageStatus") == "delivered");
}

TEST_CASE("a person's message and the handshake reach the receiver") {
    Stage stage;
    stage.webhooks.inbound(Json::parse(R"({"provider":"meta","from":"919812345678","text":"STOP"})"));
    stage.webhooks.handshake(Json::object());
    REQUIRE(stage.run_until([&] {
        return stage.count("acknowledged") == 1 && stage.webhooks.state()["handshake"]["done"] == Json(true);
    }));
    const Json value = Json::parse(stage.bodies[0])["entry"].at(0)["changes"].at(0)["value"];
    CHECK(value["messages"].at(0)["text"]["body"] == Json("STOP"));
    CHECK(stage.webhooks.state()["handshake"]["ok"] == Json(true));
    CHECK_THROWS_AS(stage.webhooks.inbound(Json::parse(R"({"provider":"meta"})")), dakiya::JsonError);
}

TEST_CASE("what nobody listens for is given up after the retries") {
    Stage stage(R"({"webhooks":{"retries":{"meta":2}},"meta":{"webhook_url":"http://127.0.0.1:1/x"}})");
    stage.webhooks.inbound(Json::parse(R"({"provider":"meta","from":"919812345678","text":"hi"})"));
    REQUIRE(stage.run_until([&] { return stage.count("given_up") == 1; }));
    CHECK(stage.count("retried") == 2);
}
