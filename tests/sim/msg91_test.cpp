#include "msg91.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::vector<std::pair<std::string, std::string>> headers = {{"authkey", "270001ASimAuthKey"},
                                                                  {"Content-Type", "application/json"}};

Call flow(std::string body) { return {"POST", "/api/v5/flow", std::move(body), headers}; }

std::string flow_of(const std::string& recipients) {
    return R"({"template_id":"64f0aa11bb22cc33dd44ee55","sender":"ACMEIN","short_url":"0","CRQID":"t42.1","recipients":[)" +
           recipients + "]}";
}

const std::string asha = R"({"mobiles":"919812345678","name":"Asha","amount":"1250"})";
const std::string ravi = R"({"mobiles":"919812345679","name":"Ravi","amount":"10"})";

}  // namespace

TEST_CASE("MSG91: a flow is one request id for all its recipients, and its log tells them apart") {
    World world;
    Msg91 msg91(world);
    const Json body = Json::parse(call(msg91, flow(flow_of(asha + "," + ravi))).body);
    REQUIRE(body["type"] == Json("success"));
    REQUIRE(world.ledger().size() == 2);
    CHECK(world.ledger()[0].batch == world.ledger()[1].batch);
    CHECK(violation_count(world.violations()) == 0);
    const auto log = [&](const std::string& id) {
        return Json::parse(
            call(msg91, {"POST", "/api/v5/report/logs/sms", R"({"requestId":")" + id + "\"}", headers})
                .body)["data"];
    };
    CHECK(log(body.at("message")).size() == 2);
    CHECK(log("356a4b6c7d8e9f0011223344").empty());
}

TEST_CASE("MSG91: what the contract does not allow is an error, mostly with HTTP 200") {
    struct Wrong {
        const char* why;
        std::string body;
        const char* code;
    };
    const Wrong wrongs[] = {
        {"not JSON", "{", "102"},
        {"no recipients", R"({"template_id":"64f0aa11bb22cc33dd44ee55"})", "106"},
        {"unknown field", R"({"template_id":"64f0aa11bb22cc33dd44ee55","x":1,"recipients":[)" + asha + "]}",
         "202"},
        {"plus", flow_of(R"({"mobiles":"+919812345678","name":"A","amount":"1"})"), "202"},
        {"list of numbers", flow_of(R"({"mobiles":"919812345678,919812345679","name":"A","amount":"1"})"),
         "202"},
        {"nested variables", flow_of(R"({"mobiles":"919812345678","VAR":{"name":"A"},"amount":"1"})"), "202"},
        {"unknown template", R"({"template_id":"1107","recipients":[)" + asha + "]}", "203"},
    };
    for (const Wrong& wrong : wrongs) {
        CAPTURE(wrong.why);
        World world;
        Msg91 msg91(world);
        const Reply reply = call(msg91, flow(wrong.body));
        const Json body = Json::parse(reply.body);
        CHECK(reply.status == 200);
        CHECK(body["type"] == Json("error"));
        CHECK(body["code"] == Json(wrong.code));
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("MSG91: the same number twice in a call, and missing variables, are violations") {
    World world;
    Msg91 msg91(world);
    call(msg91, flow(flow_of(asha + "," + asha)));
    CHECK(world.ledger().size() == 2);
    CHECK(violation_count(world.violations()) == 1);
    call(msg91, flow(flow_of(R"({"mobiles":"919812345670","name":"A"})")));
    CHECK(violation_count(world.violations()) == 2);
}

TEST_CASE("MSG91: an identical request within ten seconds is dropped") {
    World world;
    Msg91 msg91(world);
    call(msg91, flow(flow_of(asha)));
    CHECK(Json::parse(call(msg91, flow(flow_of(asha))).body)["code"] == Json("311"));
    CHECK(Json::parse(call(msg91, flow(flow_of(ravi))).body)["type"] == Json("success"));
    CHECK(world.ledger().size() == 2);
}

TEST_CASE("MSG91: a wrong key is 401, a missing one a violation") {
    World world;
    Msg91 msg91(world);
    const Reply wrong =
        call(msg91, {"GET", "/api/v5/report/analytics/p/otp", "", {{"authkey", "\"quoted\""}}});
    CHECK(wrong.status == 401);
    CHECK(violation_count(world.violations()) == 0);
    CHECK(call(msg91, {"GET", "/api/v5/report/analytics/p/otp", "", {}}).status == 401);
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("MSG91: in a call of many a refused number fails by report") {
    World world;
    REQUIRE_FALSE(world.configure(merged(
        world.document(), Json::parse(R"({"rules":[{"provider":"msg91","suffix":"5679","code":202}]})"))));
    Msg91 msg91(world);
    CHECK(Json::parse(call(msg91, flow(flow_of(asha + "," + ravi))).body)["type"] == Json("success"));
    REQUIRE(world.ledger().size() == 2);
    CHECK(world.ledger()[0].timeline.last() == Status::delivered);
    CHECK(world.ledger()[1].timeline.last() == Status::failed);
    CHECK(Json::parse(call(msg91, flow(flow_of(ravi))).body)["code"] == Json("202"));
}

TEST_CASE("MSG91: a WhatsApp template goes to each number of each element") {
    World world;
    Msg91 msg91(world);
    const auto bulk = [&](const std::string& components) {
        return Json::parse(
            call(
                msg91,
                {"POST", "/api/v5/whatsapp/whatsapp-outbound-message/bulk/",
                 R"({"integrated_number":"919800000001","content_type":"template","payload":{"messaging_product":"whatsapp","type":"template","template":{"name":"order_update","language":{"code":"en","policy":"deterministic"},"to_and_components":[{"to":["919812345678","919812345679"],"components":)" +
                     components + "}]}}}",
                 headers})
                .body);
    };
    const Json right = bulk(R"({"body_1":{"type":"text","value":"A"},"body_2":{"type":"text","value":"B"}})");
    CHECK(right["hasError"] == Json(false));
    CHECK(right["request_id"].text().size() >= 24);
    CHECK(world.ledger().size() == 2);
    CHECK(bulk(R"({"body_1":{"type":"text","value":"A"}})")["hasError"] == Json(true));
    CHECK(world.ledger().size() == 2);
}

TEST_CASE("MSG91: a one-time code is verified once") {
    World world;
    Msg91 msg91(world);
    const auto get = [&](const std::string& target) {
        return Json::parse(call(msg91, {"GET", target, "", headers}).body);
    };
    CHECK(get("/api/v5/otp?template_id=64f0aa11bb22cc33dd44ee66&mobile=919812345678&otp=4711&otp_expiry=5")
              ["type"] == Json("success"));
    CHECK(get("/api/v5/otp/verify?mobile=919812345678&otp=1")["message"] == Json("OTP not match"));
    CHECK(get("/api/v5/otp/verify?mobile=919812345678&otp=4711")["message"] == Json("OTP verified success"));
    CHECK(get("/api/v5/otp/verify?mobile=919812345678&otp=4711")["message"] ==
          Json("Mobile no. already verified"));
    CHECK(get("/api/v5/otp/retry?mobile=919812345678&retrytype=text")["type"] == Json("error"));
}
