#include "interakt.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string key = "c2ltLWludGVyYWt0LWtleTo=";
const std::vector<std::pair<std::string, std::string>> headers = {{"Authorization", "Basic " + key},
                                                                  {"Content-Type", "application/json"}};

Call message(std::string body) { return {"POST", "/v1/public/message/", std::move(body), headers}; }

std::string order_update(const std::string& values) {
    return R"({"fullPhoneNumber":"919812345678","callbackData":"r1","type":"Template","template":{"name":"order_update_x1","languageCode":"en",)" +
           values + "}}";
}

const std::string right = R"("bodyValues":["Ann","A1"])";
const std::string text = R"({"fullPhoneNumber":"919812345678","type":"Text","data":{"message":"Hi"}})";

}  // namespace

TEST_CASE("Interakt: a template message is queued with 201") {
    World world;
    Interakt player(world);
    const Reply reply = call(player, message(order_update(right)));
    CHECK(reply.status == 201);
    const Json body = Json::parse(reply.body);
    CHECK(body["result"] == Json(true));
    CHECK(body["id"] == Json(world.ledger().id(0)));
    CHECK(world.ledger().ref(world.ledger()[0]) == "r1");
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Interakt: the number comes in one of two forms") {
    World world;
    Interakt player(world);
    CHECK(
        call(player,
             message(
                 R"({"countryCode":"+91","phoneNumber":"9812345678","type":"Text","data":{"message":"Hi"}})"))
            .status == 201);
    CHECK(world.ledger()[0].to == 919812345678U);
    CHECK(
        call(
            player,
            message(
                R"({"fullPhoneNumber":"919812345678","countryCode":"+91","phoneNumber":"9812345678","type":"Text","data":{"message":"Hi"}})"))
            .status == 400);
}

TEST_CASE("Interakt: what the contract does not allow is refused") {
    const RefusedCall wrongs[] = {
        {"no slash at the end", {"POST", "/v1/public/message", text, headers}, 301, true},
        {"no key", {"POST", "/v1/public/message/", text, {headers[1]}}, 401, true},
        {"other key",
         {"POST", "/v1/public/message/", text, {{"Authorization", "Basic eA=="}, headers[1]}},
         401,
         false},
        {"the key encoded again",
         {"POST", "/v1/public/message/", text, {{"Authorization", "Basic " + base64(key + ":")}, headers[1]}},
         401,
         true},
        {"the text at the top", message(R"({"fullPhoneNumber":"919812345678","type":"Text","message":"Hi"})"),
         400, true},
        {"an unknown type", message(R"({"fullPhoneNumber":"919812345678","type":"List","data":{}})"), 400,
         true},
        {"a file without https",
         message(
             R"({"fullPhoneNumber":"919812345678","type":"Image","data":{"mediaUrl":"http://x.example/a"}})"),
         400, true},
        {"too few values", message(order_update(R"("bodyValues":["Ann"])")), 400, false},
        {"an empty value", message(order_update(R"("bodyValues":["Ann",""])")), 400, true},
        {"the name that people see",
         message(
             R"({"fullPhoneNumber":"919812345678","type":"Template","template":{"name":"order_update","languageCode":"en"}})"),
         400, false},
        {"a template in review",
         message(
             R"({"fullPhoneNumber":"919812345678","type":"Template","template":{"name":"fresh_x3","languageCode":"en"}})"),
         400, false},
        {"buttons by another place",
         message(
             R"({"fullPhoneNumber":"919812345678","type":"Template","template":{"name":"sale_x2","languageCode":"en","headerValues":["https://x.example/a.jpg"],"bodyValues":["Ann"],"buttonValues":{"0":["s"]}}})"),
         400, false},
    };
    for (const RefusedCall& wrong : wrongs) {
        const Reply reply = check_refused<Interakt>(wrong);
        CHECK(Json::parse(reply.body)["result"] == Json(false));
    }
}

TEST_CASE("Interakt: templates are listed by state, a page at a time, buttons as JSON in a text") {
    World world;
    Interakt player(world);
    const auto page = [&](const std::string& state, int offset) {
        return Json::parse(call(player, {"GET",
                                         "/v1/public/track/organization/templates?offset=" +
                                             std::to_string(offset) + "&approval_status=" + state,
                                         "", headers})
                               .body);
    };
    const Json first = page("APPROVED", 0), second = page("APPROVED", 1);
    CHECK(first["has_next"] == Json(true));
    CHECK(second["has_next"] == Json(false));
    const Json sale = second["results"]["templates"].at(0);
    CHECK(sale["name"] == Json("sale_x2"));
    const Json once = Json::parse(sale.at("buttons").text());
    REQUIRE(once.is_string());
    CHECK(Json::parse(once.text()).size() == 2);
    CHECK(page("WAITING", 0)["results"]["templates"].size() == 1);
    CHECK(page("all", 0)["result"] == Json(false));
}

TEST_CASE("Interakt: a refusal may be a 200") {
    World world;
    REQUIRE_FALSE(world.configure(merged(
        world.document(), Json::parse(R"({"rules":[{"provider":"interakt","suffix":"78","code":200}]})"))));
    Interakt player(world);
    const Reply reply = call(player, message(text));
    CHECK(reply.status == 200);
    CHECK(Json::parse(reply.body)["result"] == Json(false));
    CHECK(world.ledger().size() == 0);
}

TEST_CASE("Interakt: reports and messages are signed over the raw body") {
    World world;
    REQUIRE_FALSE(world.configure(
        merged(world.document(), Json::parse(R"({"interakt":{"webhook_url":"https://dakiya.example/w"}})"))));
    Interakt player(world);
    call(player, message(order_update(right)));
    for (const Status status : {Status::sent, Status::delivered, Status::read, Status::failed}) {
        const Post post = player.statuses({{0, status}});
        CHECK(post.headers == "Interakt-Signature: sha256=" +
                                  hex(hmac_sha256("sim-interakt-webhook-secret", post.body)) + "\r\n");
        const Json data = Json::parse(post.body)["data"];
        CHECK(data["message"]["meta_data"]["source_data"]["callback_data"] == Json("r1"));
        CHECK(data["customer"]["country_code"].text() + data["customer"]["phone_number"].text() ==
              "+919812345678");
    }
    Inbound inbound;
    inbound.from = "919812345678";
    inbound.text = "STOP";
    const Json body = Json::parse(player.inbound(inbound, std::string(32, 'a')).body);
    CHECK(body["type"] == Json("message_received"));
    CHECK(body["data"]["message"]["message"] == Json("STOP"));
}
