#include "sleekflow.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::vector<std::pair<std::string, std::string>> headers = {
    {"X-Sleekflow-Api-Key", "sim-sleekflow-api-key"}, {"Content-Type", "application/json"}};

Call message(std::string body) { return {"POST", "/api/message/send/json", std::move(body), headers}; }

std::string text(const std::string& to = "6591234567") {
    return R"({"channel":"whatsappcloudapi","to":")" + to +
           R"(","messageType":"text","messageContent":"Hi","analyticTags":["r1"]})";
}

std::string template_message(const std::string& inner) {
    return R"({"channel":"whatsappcloudapi","from":"85250000000","to":"6591234567","messageType":"template","extendedMessage":{"WhatsappCloudApiTemplateMessageObject":)" +
           inner + "}}";
}

const std::string body_values =
    R"("components":[{"type":"body","parameters":[{"type":"text","text":"Ann"},{"type":"text","text":"A1"}]}])";

}  // namespace

TEST_CASE("SleekFlow: a template message is taken, its conversation can be read") {
    World world;
    SleekFlow player(world);
    const Reply reply = call(
        player,
        message(template_message(R"({"templateName":"order_update","language":"en",)" + body_values + "}")));
    REQUIRE(reply.status == 200);
    const Json body = Json::parse(reply.body);
    CHECK(body["status"] == Json("Sending"));
    CHECK(body["id"] == Json(world.ledger().id(0)));
    CHECK(violation_count(world.violations()) == 0);
    const std::string path =
        "/api/conversation/message/" + body.at("conversationId").text() + "?limit=50&offset=0";
    const Json read = Json::parse(call(player, {"GET", path, "", headers}).body);
    REQUIRE(read.size() == 1);
    CHECK(read.at(0)["id"] == body["id"]);
    CHECK(call(player, {"GET", "/api/conversation/message/x?limit=50&offset=0", "", headers}).status == 404);
}

TEST_CASE("SleekFlow: what the contract does not allow is refused") {
    const RefusedCall wrongs[] = {
        {"no key", {"POST", "/api/message/send/json", text(), {headers[1]}}, 401, true},
        {"other key",
         {"POST", "/api/message/send/json", text(), {{"X-Sleekflow-Api-Key", "x"}, headers[1]}},
         401,
         false},
        {"the invented header",
         {"POST",
          "/api/message/send/json",
          text(),
          {{"X-Sleekflow-ApiKey", "sim-sleekflow-api-key"}, headers[1]}},
         401,
         true},
        {"the invented path", {"POST", "/v1/messages", text(), headers}, 404, true},
        {"a number with plus", message(text("+6591234567")), 400, true},
        {"no number", message(text("12")), 400, true},
        {"the language as an object",
         message(template_message(R"({"templateName":"order_update","language":{"code":"en"},)" +
                                  body_values + "}")),
         400, true},
        {"Meta's names", message(template_message(R"({"name":"order_update","language":"en"})")), 400, true},
        {"another sender",
         message(
             R"({"channel":"whatsappcloudapi","from":"1234567890","to":"6591234567","messageType":"text","messageContent":"x"})"),
         400, false},
    };
    for (const RefusedCall& wrong : wrongs) check_refused<SleekFlow>(wrong);
}

TEST_CASE("SleekFlow: the channel's refusals are a 200 with a message that failed") {
    World world;
    SleekFlow player(world);
    for (const char* inner :
         {R"({"templateName":"nope","language":"en"})", R"({"templateName":"old_offer","language":"en"})",
          R"({"templateName":"order_update","language":"en"})"}) {
        const Reply reply = call(player, message(template_message(inner)));
        CHECK(reply.status == 200);
        const Json body = Json::parse(reply.body);
        CHECK(body["status"] == Json("Failed"));
        CHECK(body["metadata"]["errors"].at(0)["code"].integer() >= 132000);
    }
    CHECK(world.ledger().size() == 0);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("SleekFlow: a file goes as a form") {
    World world;
    SleekFlow player(world);
    const auto form = [](const std::string& to) {
        std::string body;
        for (const auto& [name, value] :
             std::vector<std::pair<std::string, std::string>>{{"channel", "whatsappcloudapi"},
                                                              {"to", to},
                                                              {"messageType", "file"},
                                                              {"messageContent", "Bill"}})
            body += "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
        return body +
               "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n"
               "Content-Type: application/pdf\r\n\r\nPDF\r\n--b--\r\n";
    };
    const std::vector<std::pair<std::string, std::string>> with = {
        headers[0], {"Content-Type", "multipart/form-data; boundary=b"}};
    CHECK(call(player, {"POST", "/api/message/send", form("6591234567"), with}).status == 200);
    CHECK(world.ledger().text(world.ledger()[0]) == "Bill");
    CHECK(call(player, {"POST", "/api/message/send", form("+6591234567"), with}).status == 400);
}

TEST_CASE("SleekFlow: a person's message comes from a flow, with the tenant's header") {
    World world;
    SleekFlow player(world);
    call(player, message(text()));
    CHECK_FALSE(player.reports(world.ledger()[0]));
    Inbound inbound;
    inbound.from = "6591234567";
    inbound.text = "STOP";
    const Post post = player.inbound(inbound, "t1");
    CHECK(post.headers == "X-Webhook-Token: sim-sleekflow-webhook-secret\r\n");
    const Json body = Json::parse(post.body);
    CHECK(body["contact"]["PhoneNumber"] == Json("6591234567"));
    CHECK(body["conversation_id"].text() == world.ledger().token(6591234567));
}
