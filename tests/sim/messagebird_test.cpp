#include "messagebird.hpp"
#include "calls.hpp"
#include "messagebird_crm.hpp"
#include "messagebird_legacy.hpp"
#include "messagebird_payloads.hpp"
#include "text.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

Call post(const std::string& path, const Json& body, const std::string& key = "k1") {
    return {"POST",
            path,
            body.dump(),
            {{"Authorization", "Bearer bk_eu1_0123456789simBirdKey"},
             {"Content-Type", "application/json"},
             {"Idempotency-Key", key}}};
}

Json sms(const std::string& to = "+919812345678", const std::string& ref = "m1") {
    return {{"to", to},
            {"from", "MyShop"},
            {"text", "Hi"},
            {"category", "marketing"},
            {"metadata", Json{{"ref", ref}}}};
}

std::string name(const Reply& reply) { return Json::parse(reply.body).at("error").at("name"); }

}  // namespace

TEST_CASE("Bird: an SMS is accepted, written down and found again") {
    World world;
    MessageBird player(world);
    const Reply reply = call(player, post("/v1/sms/messages", sms()));
    REQUIRE(reply.status == 202);
    REQUIRE(world.ledger().size() == 1);
    const std::string id = Json::parse(reply.body).at("id");
    CHECK(id == world.ledger().id(0));
    CHECK(world.ledger().ref(world.ledger()[0]) == "m1");
    Call look = post("/v1/sms/messages/" + id, Json::object());
    look.method = "GET";
    CHECK(Json::parse(call(player, look).body).at("to").text() == "+919812345678");
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Bird: the same key gives the first answer, and is refused with another body") {
    World world;
    MessageBird player(world);
    const Reply first = call(player, post("/v1/sms/messages", sms()));
    CHECK(call(player, post("/v1/sms/messages", sms())).body == first.body);
    CHECK(world.ledger().size() == 1);
    const Reply other = call(player, post("/v1/sms/messages", sms("+919812345679")));
    CHECK(other.status == 409);
    CHECK(name(other) == "idempotency_key_reuse");
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Bird: a batch is taken whole and in order, or not at all") {
    World world;
    MessageBird player(world);
    const Reply good =
        call(player, post("/v1/sms/batches", Json::array({sms(), sms("+919812345679", "m2")})));
    REQUIRE(good.status == 202);
    CHECK(Json::parse(good.body).at("data").at(1).at("to").text() == "+919812345679");
    const Reply bad = call(player, post("/v1/sms/batches", Json::array({sms(), sms("0812")}), "k2"));
    CHECK(bad.status == 422);
    CHECK(name(bad) == "SMSInvalidRecipient");
    CHECK(Json::parse(bad.body).at("error").at("details").at(0).at("param").text() == "[1].to");
    CHECK(world.ledger().size() == 2);
}

TEST_CASE("Bird: what no correct client sends is a violation") {
    struct Wrong {
        Call call;
        int status;
        std::int64_t violations;
    };
    Json scheduled = sms();
    scheduled.set("scheduled_at", "2026-11-21T10:00:00Z");
    Json nothing{{"to", "+919812345678"}, {"from", "+14155550100"}};
    Call stranger = post("/v1/sms/messages", sms());
    stranger.headers[0].second = "Bearer other";
    const Wrong wrongs[] = {
        {stranger, 401, 0},
        {post("/v1/nope", sms()), 404, 1},
        {post("/v1/sms/messages", scheduled), 422, 1},
        {post("/v1/whatsapp/messages", nothing), 422, 1},
        {post("/v1/sms/batches", Json::array({})), 422, 1},
    };
    for (const Wrong& wrong : wrongs) {
        World world;
        MessageBird player(world);
        const Reply reply = call(player, wrong.call);
        CAPTURE(reply.body);
        CHECK(reply.status == wrong.status);
        CHECK(violation_count(world.violations()) == wrong.violations);
    }
}

TEST_CASE("Bird: webhooks are signed as Standard Webhooks") {
    // The published example of standardwebhooks.com.
    CHECK(messagebird_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                "1614265330", R"({"test": 2432232314})") ==
          "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("Bird CRM: a message by project or body, one contact, signed over the whole address") {
    World world;
    BirdCrm player(world);
    const std::string base = "/workspaces/22222222-0000-4000-8000-000000000001";
    const Json receiver{{"contacts", Json::array({Json{{"identifierKey", "phonenumber"},
                                                       {"identifierValue", "+919812345678"}}})}};
    const Json text{{"type", "text"}, {"text", Json{{"text", "Hi"}}}};
    const auto sent = [&](const Json& body) {
        return call(player, {"POST",
                             base + "/channels/33333333-0000-4000-8000-000000000001/messages",
                             body.dump(),
                             {{"Authorization", "AccessKey simBirdCrmAccessKey0123456789"}}});
    };
    const Reply good = sent({{"receiver", receiver}, {"body", text}, {"reference", "m1"}});
    CHECK(good.status == 202);
    CHECK(world.ledger().ref(world.ledger()[0]) == "m1");
    CHECK(violation_count(world.violations()) == 0);
    CHECK(sent({{"receiver", receiver}}).status == 422);
    CHECK(sent({{"receiver", receiver}, {"template", Json{{"projectId", "other"}}}}).status == 422);
    CHECK(violation_count(world.violations()) == 2);
    // The vector of the provider's contract.
    CHECK(
        bird_crm_signature(
            "bird-signing-key-1", "1700000000", "https://hooks.example.test/wh/bird/t1?x=1",
            R"({"service":"channels","event":"sms.outbound","payload":{"id":"11111111-2222-3333-4444-555555555555","status":"delivered"}})") ==
        "pZRDmipq4CDcqBNSstV7FROvfe54w+EdX6BJRuu6VWE=");
}

TEST_CASE(
    "Old MessageBird: numbers come back as integers, and a message without a reference is a violation") {
    World world;
    OldMessageBird player(world);
    const auto sent = [&](const Json& body) {
        return call(
            player,
            {"POST", "/messages", body.dump(), {{"Authorization", "AccessKey simOldMessageBirdKey01234"}}});
    };
    const Json message{
        {"originator", "MyShop"}, {"recipients", Json::array({"919812345678"})}, {"body", "Hi"}};
    Json with_reference = message;
    with_reference.set("reference", "m1");
    const Reply good = sent(with_reference);
    REQUIRE(good.status == 201);
    CHECK(Json::parse(good.body).at("recipients").at("items").at(0).at("recipient").integer() ==
          919812345678);
    CHECK(violation_count(world.violations()) == 0);
    sent(message);
    CHECK(violation_count(world.violations()) == 1);
    CHECK(call(player, {"GET", "/balance", "", {}}).status == 401);
}
