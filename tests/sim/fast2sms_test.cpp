#include "fast2sms.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const Headers headers = {{"authorization", "sim-fast2sms-key-0a1b2c3d4e5f"},
                         {"Content-Type", "application/json"}};

// A good SMS with some members replaced; null leaves one out.
Call sms(const Json& changes = Json::object()) {
    Json body{{"route", "dlt"},        {"message", "198607"},     {"variables_values", "Asha|7"},
              {"sender_id", "ACMEIN"}, {"numbers", "9812345678"}, {"udf1", "msg_a"}};
    for (const auto& [name, value] : changes.members())
        if (value.is_null())
            body.erase(name);
        else
            body.set(name, value);
    return {"POST", "/dev/bulkV2", body.dump(), headers};
}

Json answer(const Reply& reply) { return Json::parse(reply.body); }

}  // namespace

TEST_CASE("Fast2SMS: an SMS is taken, and several numbers have one id") {
    World world;
    Fast2Sms player(world);
    const Reply one = call(player, sms());
    CHECK(answer(one).at("request_id").text() == world.ledger().id(0));
    CHECK(world.ledger().ref(world.ledger()[0]) == "msg_a");
    const Reply two = call(player, sms({{"numbers", "9812345678,9812345679"}}));
    REQUIRE(world.ledger().size() == 3);
    CHECK(world.ledger().id(1) == world.ledger().id(2));
    CHECK(answer(two).at("request_id").text() == world.ledger().id(1));
    CHECK(world.ledger().ref(world.ledger()[1]).empty());
    CHECK(answer(call(player, sms({{"route", "otp"}, {"variables_values", "482913"}, {"message", nullptr}})))
              .at("request_id")
              .is_string());
    CHECK(world.ledger().text(world.ledger()[3]) == "Your OTP: 482913");
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Fast2SMS: what a correct client never sends has its own code") {
    const std::pair<Json, int> wrongs[] = {
        {{{"numbers", "919812345678"}}, 411},
        {{{"numbers", "9812345678,9812345678"}}, 995},
        {{{"sender_id", "OTHERS"}}, 406},
        {{{"message", "1107161234567890123"}}, 424},
        {{{"variables_values", "Asha"}}, 425},
        {{{"variables_values", "आशा|7"}}, 417},
        {{{"route", "p"}}, 408},
        {{{"route", "otp"}, {"variables_values", "48A"}}, 997},
        {{{"route", "otp"}, {"variables_values", "482913"}, {"numbers", "9812345678,9812345679"}}, 998},
        {{{"surprise", 1}}, 402},
    };
    for (const auto& [changes, code] : wrongs) {
        World world;
        Fast2Sms player(world);
        const Reply reply = call(player, sms(changes));
        CAPTURE(reply.body);
        CHECK(answer(reply).at("status_code").integer() == code);
        CHECK(answer(reply).at("return") == Json(false));
        CHECK(violation_count(world.violations()) == 1);
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("Fast2SMS: a wrong key is 401, and a key in the address a violation") {
    World world;
    Fast2Sms player(world);
    CHECK(call(player, {"POST", "/dev/wallet", "{}", {{"authorization", "nope"}}}).status == 401);
    CHECK(violation_count(world.violations()) == 0);
    call(player, {"GET", "/dev/wallet?authorization=sim-fast2sms-key-0a1b2c3d4e5f", "", {}});
    call(player, {"POST", "/dev/bulk", "{}", headers});
    CHECK(violation_count(world.violations()) == 2);
}

TEST_CASE("Fast2SMS: WhatsApp is checked as Meta checks it") {
    World world;
    Fast2Sms player(world);
    const auto message = [&](const Json& parameters) {
        const Json body{
            {"messaging_product", "whatsapp"},
            {"recipient_type", "individual"},
            {"to", "+919812345678"},
            {"type", "template"},
            {"template",
             Json{{"name", "order_update"},
                  {"language", Json{{"code", "en_US"}}},
                  {"components", Json::array({Json{{"type", "body"}, {"parameters", parameters}}})}}}};
        return call(player, {"POST", "/dev/whatsapp/v24.0/576012345678901/messages", body.dump(), headers});
    };
    const Json text{{"type", "text"}, {"text", "x"}};
    const Json taken = answer(message(Json::array({text, text})));
    CHECK(taken.at("messages").at(0).at("id").text() == world.ledger().id(0));
    CHECK(answer(message(Json::array({text}))).at("error").at("code").integer() == 132000);
}

TEST_CASE("Fast2SMS: a report has ten digits and our reference") {
    World world;
    Fast2Sms player(world);
    call(player, sms());
    const Json report = Json::parse(player.statuses({{0, Status::delivered}}).body);
    CHECK(report.at("mobile").text() == "9812345678");
    CHECK(report.at("udf1").text() == "msg_a");
    CHECK(report.at("status").text() == "delivered");
}
