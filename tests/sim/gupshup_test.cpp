#include "gupshup.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string app = "a1b2c3d4-0000-4000-8000-1234567890ab";
using Headers = std::vector<std::pair<std::string, std::string>>;

Headers headers(const std::string& key = "sk_sim_gupshup_0a1b2c3d4e5f") {
    return {{"apikey", key}, {"Content-Type", "application/x-www-form-urlencoded"}};
}

// A message with one field of its form replaced.
Call whatsapp(const std::string& path, const std::string& field, const std::string& value,
              const std::pair<std::string, std::string>& change = {}) {
    Form form{{"channel", "whatsapp"},
              {"source", "15550783881"},
              {"destination", "919812345678"},
              {"src.name", "AcmeApp"},
              {field, value}};
    for (auto& [name, old] : form)
        if (name == change.first) old = change.second;
    return {"POST", path, encode_form(form), headers()};
}

const std::string order = R"({"id":"c6aecef6-bcb0-4fb1-8100-28c094e3bc6b","params":["Asha","7"]})";
Call order_update(const std::pair<std::string, std::string>& change = {}) {
    return whatsapp("/wa/api/v1/template/msg", "template", order, change);
}
Call free_form(const std::string& message) { return whatsapp("/wa/api/v1/msg", "message", message); }

Call sms(const std::pair<std::string, std::string>& change = {}) {
    Form form{{"method", "SendMessage"},
              {"userid", "2000123456"},
              {"password", "sim-sms-password&1"},
              {"auth_scheme", "plain"},
              {"v", "1.1"},
              {"format", "json"},
              {"send_to", "919812345678"},
              {"msg", "Hi Asha, order 7 shipped. -ACME"},
              {"msg_type", "TEXT"},
              {"mask", "ACMEIN"},
              {"principalEntityId", "1101234567890123456"},
              {"dltTemplateId", "1107161234567890123"}};
    for (auto& [name, old] : form)
        if (name == change.first) old = change.second;
    return {"POST", "/GatewayAPI/rest", encode_form(form), headers("")};
}

}  // namespace

TEST_CASE("Gupshup: a template and a text are taken, with ids of their own") {
    World world;
    Gupshup player(world);
    const Reply reply = call(player, order_update());
    REQUIRE(reply.status == 202);
    CHECK(Json::parse(reply.body).at("messageId").text() == world.ledger().id(0));
    CHECK(world.ledger().params(world.ledger()[0]) == R"(["Asha","7"])");
    CHECK(call(player, free_form(R"({"type":"text","text":"Hi"})")).status == 202);
    const Reply list = call(player, {"GET", "/wa/app/" + app + "/template", "", headers()});
    CHECK(Json::parse(list.body).at("templates").at(0).at("containerMeta").is_string());
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Gupshup: refusals of WhatsApp") {
    struct Wrong {
        Call call;
        int status;
        bool violation;
    };
    const Wrong wrongs[] = {
        {{"POST", "/wa/api/v1/msg", "", headers("nope")}, 401, false},
        {{"GET", "/wa/app/other/template", "", headers()}, 400, false},
        {{"POST", "/sm/api/v1/msg", "", headers()}, 404, true},
        {order_update({"destination", "+919812345678"}), 400, true},
        {order_update({"template", R"({"id":"order_update","params":["Asha","7"]})"}), 400, true},
        {order_update({"template", R"({"id":"c6aecef6-bcb0-4fb1-8100-28c094e3bc6b","params":["Asha"]})"}),
         400, true},
        {order_update({"template", R"({"id":"c6aecef6-bcb0-4fb1-8100-28c094e3bc6d","params":[]})"}), 400,
         false},
        {free_form(R"({"type":"video","url":"https://a.example/a.mp4","caption":null})"), 400, true},
        {free_form(R"({"type":"hologram"})"), 400, true},
    };
    for (const Wrong& wrong : wrongs) {
        World world;
        Gupshup player(world);
        const Reply reply = call(player, wrong.call);
        CAPTURE(reply.body);
        CHECK(reply.status == wrong.status);
        CHECK((violation_count(world.violations()) == 1) == wrong.violation);
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("Gupshup: without the app's name a message is taken and dropped") {
    World world;
    Gupshup player(world);
    CHECK(call(player, order_update({"src.name", ""})).status == 202);
    REQUIRE(world.ledger().size() == 1);
    CHECK(world.ledger()[0].timeline.code == 1001);
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Gupshup: SMS answer HTTP 200 with the code in `id`, and each number by itself") {
    World world;
    Gupshup player(world);
    const Json one = Json::parse(call(player, sms()).body).at("response");
    CHECK(one.at("status").text() == "success");
    CHECK(one.at("id").text() == world.ledger().id(0));
    const Json refused = Json::parse(call(player, sms({"password", "nope"})).body).at("response");
    CHECK(refused.at("id").text() == "102");
    CHECK(Json::parse(call(player, sms({"send_to", "0"})).body).at("response").at("id").text() == "105");
    CHECK(violation_count(world.violations()) == 0);
    const Json rows = Json::parse(call(player, sms({"send_to", "919812345678,91"})).body)
                          .at("data")
                          .at("response_messages");
    CHECK(rows.at(0).at("status").text() == "success");
    CHECK(rows.at(1).at("id").text() == "105");
    CHECK(Json::parse(call(player, sms({"msg", "Hi Asha"})).body).at("response").at("status").text() ==
          "error");
    CHECK(Json::parse(call(player, sms({"mask", "OTHERS"})).body).at("response").at("id").text() == "108");
    CHECK(violation_count(world.violations()) == 3);
}

TEST_CASE("Gupshup: events name our message in gsId, or in id before WhatsApp saw it") {
    World world;
    Gupshup player(world);
    call(player, order_update());
    call(player, order_update());
    const auto payload = [&](std::size_t n, Status status) {
        return Json::parse(player.statuses({{n, status}}).body).at("payload");
    };
    CHECK(payload(0, Status::delivered).at("gsId").text() == world.ledger().id(0));
    CHECK(payload(0, Status::delivered).at("id").text() != world.ledger().id(0));
    CHECK(payload(0, Status::failed).at("id").text() == world.ledger().id(0));
    CHECK_FALSE(payload(0, Status::failed).contains("gsId"));
    CHECK(payload(1, Status::failed).at("gsId").text() == world.ledger().id(1));
}
