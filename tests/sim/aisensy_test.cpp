#include "aisensy.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string key = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjYzNTNkYTJlMTUzYTE0N2I5OTFkZDgxMiJ9.sim-aisensy-0001";
const std::string project = "/project-apis/v1/project/6353da2e153a147b991dd812";

Json order(const char* name = "order_update_live") {
    return Json{{"apiKey", key},
                {"campaignName", name},
                {"destination", "+919812345678"},
                {"userName", "Sam"},
                {"templateParams", Json::array({"Sam", "A-77"})}};
}

Call submit(const Json& body, const char* path = "v2") {
    return {"POST", std::string("/campaign/t1/api/") + path, body.dump(), {}};
}

Call ask(const char* method, const std::string& path, std::string body = {}) {
    return {method,
            project + path,
            std::move(body),
            {{"X-AiSensy-Project-API-Pwd", "sim-project-password-0001"}}};
}

Json with(Json body, const char* member, Json value) {
    body.set(member, std::move(value));
    return body;
}

}  // namespace

TEST_CASE("AiSensy: a campaign answers with a text for success and the id of the submission") {
    World world;
    AiSensy aisensy(world);
    const Json body = Json::parse(call(aisensy, submit(order())).body);
    CHECK(body["success"] == Json("true"));
    REQUIRE(world.ledger().size() == 1);
    CHECK(body["submitted_message_id"] == Json(world.ledger().id(0)));
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("AiSensy: the campaign must exist and be live, the key must be right") {
    World world;
    AiSensy aisensy(world);
    const auto text = [&](const Json& body) {
        return Json::parse(call(aisensy, submit(body)).body)["message"];
    };
    CHECK(text(order("order_update")) == Json("Campaign does not exist."));
    CHECK(text(order("old_sale")) == Json("Campaign is not live."));
    CHECK(call(aisensy, submit(with(order(), "apiKey", "x"))).status == 401);
    CHECK(world.ledger().size() == 0);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("AiSensy: what no correct client does is refused and noted") {
    const Json invoice = with(with(order("invoice_live"), "templateParams", Json::array({"Sam"})), "media",
                              Json{{"url", "https://cdn.example/i.pdf"}, {"filename", "i.pdf"}});
    const Call wrongs[] = {
        submit(with(order(), "templateParams", Json::array({"Sam"}))),
        submit(with(order(), "templateParams", Json::array({1, 2}))),
        submit(with(order(), "destination", "919812345678")),
        submit(with(order(), "userName", "")),
        submit(with(order(), "message", "free text is ignored")),
        submit(invoice),
        submit(with(order(), "media", Json{{"url", "https://cdn.example/i.pdf"}, {"filename", "i.pdf"}})),
        submit(order(), "v2/bulk-template-messaging"),
        ask("POST", "/messages", R"({"to":"+919812345678","type":"text","text":{"body":"x"}})"),
        ask("POST", "/messages",
            R"({"messaging_product":"whatsapp","to":"919812345678","type":"text","text":{"body":"x"}})"),
        {"GET", project, "", {}},
    };
    for (const Call& wrong : wrongs) {
        CAPTURE(wrong.target, wrong.body);
        World world;
        AiSensy aisensy(world);
        CHECK(call(aisensy, wrong).status >= 400);
        CHECK(violation_count(world.violations()) == 1);
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("AiSensy: what a campaign needs is told without sending") {
    World world;
    AiSensy aisensy(world);
    const Json ask_for{{"apiKey", key}, {"campaignName", "invoice_live"}};
    const Json body = Json::parse(call(aisensy, submit(ask_for, "campaign-details")).body);
    CHECK(body["requestBody"]["templateParams"].size() == 1);
    CHECK(body["requestBody"]["buttons"].size() == 1);
    CHECK_FALSE(body["requestBody"]["media"].empty());
    CHECK(world.ledger().size() == 0);
}

TEST_CASE("AiSensy: the Project API has WhatsApp's ids, and tells what became of one") {
    World world;
    AiSensy aisensy(world);
    const Json sent =
        Json::parse(call(aisensy, ask("POST", "/messages",
                                      R"({"to":"919812345678","type":"text","text":{"body":"Hello"}})"))
                        .body);
    const std::string id = sent["messages"].at(0)["id"].text();
    CHECK(id == world.ledger().id(0));
    CHECK(Json::parse(call(aisensy, ask("GET", "/messages/" + id)).body)["status"] == Json("SENT"));
    CHECK(call(aisensy, ask("GET", "/messages/wamid.none")).status == 404);
    CHECK(Json::parse(call(aisensy, ask("GET", "")).body)["status"] == Json("ACTIVE"));
    CHECK(Json::parse(call(aisensy, ask("GET", "/wa_template/?limit=100")).body)["template"].size() == 1);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("AiSensy: reports of campaigns have the submission's id, the others WhatsApp's; all are signed") {
    World world;
    AiSensy aisensy(world);
    call(aisensy, submit(order()));
    call(aisensy, ask("POST", "/messages", R"({"to":"919812345678","type":"text","text":{"body":"Hello"}})"));
    const Post campaign = aisensy.statuses({{0, Status::failed}});
    const Json report = Json::parse(campaign.body);
    CHECK(report["data"]["message"]["submitted_message_id"] == Json(world.ledger().id(0)));
    CHECK(report["data"]["message"]["failureResponse"].is_object());
    CHECK(campaign.headers.find(hex(hmac_sha256("sim-webhook-secret-0001", campaign.body))) !=
          std::string::npos);
    const Json other = Json::parse(aisensy.statuses({{1, Status::delivered}}).body);
    CHECK(other["data"]["message"]["submitted_message_id"].is_null());
    CHECK(other["data"]["message"]["messageId"] == Json(world.ledger().id(1)));
}
