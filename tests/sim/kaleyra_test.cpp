#include "kaleyra.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string v1 = "/v1/HXIN1700000000IN", v2 = "/v2/HXIN1700000000IN/whatsapp";

Call made(std::string method, std::string target, std::string body = {},
          const char* type = "application/json") {
    return {std::move(method),
            std::move(target),
            std::move(body),
            {{"api-key", "A0123456789simKaleyraKey"}, {"Content-Type", type}}};
}

Call form(const std::string& changes = {}) {
    return made("POST", v1 + "/messages",
                "to=%2B919812345678&sender=MYSHOP&type=TXN&body=Hi&" +
                    (changes.empty() ? "template_id=1107160000000000001&ref=m1" : changes),
                "application/x-www-form-urlencoded");
}

Call list(const Json& nodes) {
    return made("POST", v1 + "/sms/json", Json{{"from", "MYSHOP"}, {"type", "TXN"}, {"sms", nodes}}.dump());
}

Json node(const std::string& to, const std::string& template_id = "1107160000000000001") {
    return {{"to", to}, {"body", "Hi"}, {"template_id", template_id}, {"unicode", "0"}};
}

}  // namespace

TEST_CASE("Kaleyra: an SMS is accepted, written down and looked up") {
    World world;
    Kaleyra player(world);
    const Reply reply = call(player, form());
    REQUIRE(reply.status == 202);
    const Json body = Json::parse(reply.body);
    const std::string id = body.at("data").at(0).at("message_id");
    CHECK(id == world.ledger().id(0));
    CHECK(id.substr(id.size() - 2) == ":1");
    CHECK(body.at("error").empty());
    const Reply status = call(player, made("GET", v1 + "/messages/status?message_ids=" + id));
    CHECK(Json::parse(status.body).at("data").at(0).at("campaign_id").text() == id);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Kaleyra: a list names each number, in another order, and leaves out the refused") {
    World world;
    Kaleyra player(world);
    const Reply reply = call(
        player, list(Json::array({node("919812345678"), node("919812345679"), node("919812345680", "1")})));
    REQUIRE(reply.status == 202);
    const Json body = Json::parse(reply.body);
    REQUIRE(body.at("data").size() == 2);
    CHECK(body.at("data").at(0).at("recipient").text() == "+919812345679");
    CHECK(body.at("error").contains("template_id"));
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Kaleyra: WhatsApp V2 wants Meta's message in its wrapper") {
    World world;
    Kaleyra player(world);
    const Json text{{"to", "919812345678"}, {"type", "text"}, {"text", Json{{"body", "Hi"}}}};
    const std::string path = v2 + "/919800000001/messages";
    const Reply bare = call(player, made("POST", path, text.dump()));
    CHECK(bare.status == 400);
    const Reply good = call(
        player,
        made("POST", path, Json{{"messaging_object", text}, {"extra_info", Json{{"ref", "m1"}}}}.dump()));
    CHECK(Json::parse(good.body).at("data").at("message_id").text() == world.ledger().id(0));
    CHECK(world.ledger().ref(world.ledger()[0]) == "m1");
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Kaleyra: refusals") {
    struct Wrong {
        Call call;
        int status;
        std::int64_t violations;
    };
    Call stranger = form();
    stranger.headers[0].second = "other";
    const Wrong wrongs[] = {
        {stranger, 401, 0},
        {made("POST", "/v1/OTHER/messages"), 401, 0},
        {made("POST", v1 + "/nope"), 404, 1},
        {form("channel=whatsapp"), 400, 1},
        {form("callback_profile_id=IN_x&template_id=1107160000000000001"), 400, 1},
        {form("template_id=1"), 202, 1},  // beside a success
    };
    for (const Wrong& wrong : wrongs) {
        World world;
        Kaleyra player(world);
        const Reply reply = call(player, wrong.call);
        CAPTURE(reply.body);
        CHECK(reply.status == wrong.status);
        CHECK(violation_count(world.violations()) == wrong.violations);
        CHECK(world.ledger().size() == 0);
    }
}
