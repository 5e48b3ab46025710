#include "wati.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::vector<std::pair<std::string, std::string>> headers = {
    {"Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.sim-wati.token0001"},
    {"Content-Type", "application/json"}};

Call get(std::string target) { return {"GET", std::move(target), "", headers}; }
Call post(const std::string& path, const Json& body) {
    return {"POST", "/api/ext/v3" + path, body.dump(), headers};
}

Json person(const std::string& number, const std::string& ref) {
    return Json{{"phone_number", number},
                {"local_message_id", ref},
                {"custom_params", Json::array({Json{{"name", "name"}, {"value", "Sam"}},
                                               Json{{"name", "order_no"}, {"value", "A-77"}},
                                               Json{{"name", "track"}, {"value", "A-77"}}})}};
}

Json broadcast(Json recipients, const char* name = "order_update") {
    return Json{{"channel", nullptr},
                {"template_name", name},
                {"broadcast_name", "b1"},
                {"recipients", std::move(recipients)}};
}

Json send(Wati& wati, const Json& body) {
    return Json::parse(call(wati, post("/messageTemplates/send", body)).body);
}

}  // namespace

TEST_CASE("WATI: a broadcast has a row for each recipient, and can be found again") {
    World world;
    Wati wati(world);
    const Json body =
        send(wati, broadcast(Json::array({person("15551234567", "m1"), person("15551234568", "m2")})));
    REQUIRE(body["success"] == Json(true));
    CHECK(body["recipients"].size() == 2);
    CHECK(world.ledger().size() == 2);
    const Json list = Json::parse(call(wati, get("/api/ext/v3/broadcasts?page_number=1&page_size=100")).body);
    REQUIRE(list["broadcasts"].size() == 1);
    CHECK(list["broadcasts"].at(0)["name"] == Json("b1"));
    const Json people = Json::parse(call(wati, get("/api/ext/v3/broadcasts/" + body["broadcast_id"].text() +
                                                   "/recipients?page_number=2&page_size=1"))
                                        .body);
    REQUIRE(people["recipients"].size() == 1);
    CHECK(people["recipients"].at(0)["local_message_id"] == Json("m2"));
    CHECK(people["total_count"] == Json(2));
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("WATI: who is not valid is left out, who fails otherwise has errors, and the call succeeds") {
    World world;
    REQUIRE_FALSE(world.configure(
        merged(world.document(), Json::parse(R"({"rules":[{"provider":"wati","suffix":"67","code":1},
                                                   {"provider":"wati","suffix":"68","code":131026}]})"))));
    Wati wati(world);
    Json lacking = person("15551234569", "m3");
    lacking.find("custom_params")->items().pop_back();
    const Json body =
        send(wati, broadcast(Json::array({person("15551234567", "m1"), person("15551234568", "m2"), lacking,
                                          person("15551234560", "m4")})));
    CHECK(body["success"] == Json(true));
    REQUIRE(body["recipients"].size() == 3);
    CHECK(body["recipients"].at(0)["errors"].size() == 1);
    CHECK(body["recipients"].at(1)["errors"].size() == 1);
    CHECK(body["recipients"].at(2)["errors"].empty());
    CHECK(world.ledger().size() == 1);
}

TEST_CASE("WATI: failures may be HTTP 200") {
    World world;
    Wati wati(world);
    const Reply unknown = call(
        wati, post("/messageTemplates/send", broadcast(Json::array({person("15551234567", "m1")}), "none")));
    CHECK(unknown.status == 200);
    CHECK(Json::parse(unknown.body)["success"] == Json(false));
    CHECK(call(wati,
               post("/messageTemplates/send", broadcast(Json::array({person("15551234567", "m1")}), "sale")))
              .status == 400);
    CHECK(world.ledger().size() == 0);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("WATI: what no correct client does is refused and noted") {
    Json unknown_name = person("15551234567", "m1");
    unknown_name.find("custom_params")->push_back(Json{{"name", "other"}, {"value", "x"}});
    Json unknown_member = broadcast(Json::array({person("15551234567", "m1")}));
    unknown_member.set("scheduled", true);
    const Call wrongs[] = {
        post("/messageTemplates/send", broadcast(Json::array({person("+15551234567", "m1")}))),
        post("/messageTemplates/send", broadcast(Json::array())),
        post("/messageTemplates/send", broadcast(Json::array({unknown_name}))),
        post("/messageTemplates/send", unknown_member),
        post("/conversations/messages/text", Json{{"target", "+15551234567"}, {"text", "x"}}),
        post("/conversations/messages/text",
             Json{{"target", "15551234567"}, {"text", std::string(4097, 'x')}}),
        get("/123456/api/ext/v3/messageTemplates?page_number=1&page_size=1"),
        get("/api/ext/v3/messageTemplates"),
        {"GET", "/api/ext/v3/channels?page_number=1&page_size=1", "", {}},
    };
    for (const Call& wrong : wrongs) {
        CAPTURE(wrong.target, wrong.body);
        World world;
        Wati wati(world);
        CHECK(call(wati, wrong).status >= 400);
        CHECK(violation_count(world.violations()) == 1);
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("WATI: a wrong token is 401 with a plain text") {
    World world;
    Wati wati(world);
    const Reply reply = call(wati, {"GET", "/api/ext/v3/channels", "", {{"Authorization", "Bearer x"}}});
    CHECK(reply.status == 401);
    CHECK(reply.body == "Unauthorized");
}

TEST_CASE("WATI: a text is known by WATI's own local id, and the closed window is a 200") {
    World world;
    REQUIRE_FALSE(world.configure(merged(
        world.document(), Json::parse(R"({"rules":[{"provider":"wati","suffix":"68","code":131047}]})"))));
    Wati wati(world);
    const Json sent = Json::parse(call(wati, post("/conversations/messages/text",
                                                  Json{{"target", "15550002222:15551234567"}, {"text", "x"}}))
                                      .body);
    REQUIRE(world.ledger().size() == 1);
    CHECK(sent["message"]["local_message_id"] == Json(world.ledger().token(0)));
    const Json late = Json::parse(
        call(wati, post("/conversations/messages/text", Json{{"target", "15551234568"}, {"text", "x"}}))
            .body);
    CHECK(late["result"] == Json(false));
    CHECK(world.ledger().size() == 1);
}

TEST_CASE("WATI: buttons and lists have limits and no ids") {
    World world;
    Wati wati(world);
    const auto buttons = [&](const Json& items) {
        return call(wati, post("/conversations/messages/interactive",
                               Json{{"target", "15551234567"},
                                    {"type", "buttons"},
                                    {"button_message", Json{{"body", "x"}, {"buttons", items}}}}))
            .status;
    };
    CHECK(buttons(Json::array({Json{{"text", "Yes"}}})) == 200);
    CHECK(buttons(Json::array({Json{{"text", "Yes"}, {"id", "1"}}})) == 400);
    CHECK(buttons(Json::array({Json{{"text", std::string(21, 'x')}}})) == 400);
    const Json list{{"body", "x"},
                    {"button_text", "Open"},
                    {"sections", Json::array({Json{{"rows", Json::array({Json{{"title", "a"}}})}}})}};
    CHECK(call(wati, post("/conversations/messages/interactive",
                          Json{{"target", "15551234567"}, {"type", "list"}, {"list_message", list}}))
              .status == 200);
}

TEST_CASE("WATI: only what was sent names the person; failures carry Meta's number as a text") {
    World world;
    REQUIRE_FALSE(world.configure(
        merged(world.document(), Json::parse(R"({"wati":{"webhook_url":"https://x.example/h"}})"))));
    Wati wati(world);
    send(wati, broadcast(Json::array({person("15551234568", "m1")})));
    const auto body_of = [&](Status status) { return Json::parse(wati.statuses({{0, status}}).body); };
    CHECK(body_of(Status::sent)["waId"] == Json("15551234568"));
    CHECK(body_of(Status::delivered)["waId"].is_null());
    CHECK(body_of(Status::delivered)["localMessageId"] == Json("m1"));
    CHECK(body_of(Status::failed)["failedCode"].is_string());
}
