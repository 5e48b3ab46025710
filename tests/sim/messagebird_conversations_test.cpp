#include "messagebird_conversations.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string name_space = "20332cd4_f095_b080_d255_35677159aaff";

Json hsm(std::size_t values) {
    Json parameters = Json::array();
    for (std::size_t i = 0; i < values; ++i) parameters.push_back({{"type", "text"}, {"text", "Asha"}});
    return {{"hsm", Json{{"namespace", name_space},
                         {"templateName", "order_update"},
                         {"language", Json{{"policy", "deterministic"}, {"code", "en"}}},
                         {"components", Json::array({Json{{"type", "body"}, {"parameters", parameters}}})}}}};
}

Call send(const std::string& type, const Json& content, const Json& change = Json::object()) {
    Json body{{"to", "+919812345678"},
              {"from", "619747f69cf940a98fb443140ce9aed2"},
              {"type", type},
              {"content", content},
              {"source", Json{{"ref", "msg_1"}}}};
    for (const auto& [name, value] : change.members()) body.set(name, value);
    return {"POST", "/v1/send", body.dump(), {{"Authorization", "AccessKey simOldMessageBirdKey01234"}}};
}

}  // namespace

TEST_CASE("Conversations: a template and a text are taken") {
    World world;
    Conversations player(world);
    const Reply reply = call(player, send("hsm", hsm(2)));
    CHECK(reply.status == 202);
    CHECK(Json::parse(reply.body).at("id").text() == world.ledger().id(0));
    CHECK(call(player, send("text", Json{{"text", "Hi"}})).status == 202);
    CHECK(world.ledger().ref(world.ledger()[0]) == "msg_1");
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Conversations: what a correct client does not send") {
    World world;
    Conversations player(world);
    const auto refused = [&](const Call& made) { return call(player, made).status == 422; };
    CHECK(refused(send("hsm", hsm(1))));
    Json other = hsm(2);
    other.find("hsm")->set("namespace", "another");
    CHECK(refused(send("hsm", other)));
    CHECK(refused(send("text", Json{{"text", ""}})));
    CHECK(refused(send("text", Json{{"text", "x"}, {"image", Json::object()}})));
    CHECK(refused(send("image", Json{{"image", Json{{"url", "http://x.example/a.jpg"}}}})));
    CHECK(refused(send("text", Json{{"text", "x"}}, Json{{"to", "919812345678"}})));
    CHECK(refused(send("text", Json{{"text", "x"}}, Json{{"channelId", "x"}})));
    CHECK(violation_count(world.violations()) == 7);
    CHECK(world.ledger().size() == 0);
}

TEST_CASE("Conversations: a wrong key, and the templates page by page") {
    World world;
    Conversations player(world);
    Call stranger = send("text", Json{{"text", "x"}});
    stranger.headers[0].second = "AccessKey wrong";
    CHECK(call(player, stranger).status == 401);
    const auto page = [&](const std::string& offset) {
        const Call made{"GET", "/v3/platforms/whatsapp/templates?limit=50&offset=" + offset, "",
                        send("text", {}).headers};
        return Json::parse(call(player, made).body).at("items").size();
    };
    CHECK(page("0") == 2);
    CHECK(page("50") == 0);
}
