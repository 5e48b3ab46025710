// One-time passwords through the API.
#include <algorithm>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::World;

namespace {

test::Answer start(World& world, const std::string& connection, const std::string& more,
                   std::vector<Header> headers = {}) {
    return world.ask("POST", "/v1/otp",
                     R"({"to":"098123 45678","connection":")" + connection + "\"" + more + "}",
                     std::move(headers));
}

constexpr const char* text = R"(,"content":{"kind":"text","text":"Your code: {{code}}"})";

}  // namespace

TEST_CASE("a one-time password from its start to its use") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string connection = world.new_connection();
    const auto made = start(world, connection, text, {{"idempotency-key", "k1"}});
    REQUIRE(made.status == 202);
    CHECK(made.json.at("state").text() == "pending");
    CHECK(made.json.at("to").text() == "+919812345678");
    CHECK(world.send.last.lane == store::Lane::otp);
    const std::string code = world.send.last.secrets.at("code").text();
    CHECK(made.response.body.find(code) == std::string::npos);
    CHECK(start(world, connection, text, {{"idempotency-key", "k1"}}).json == made.json);
    CHECK(world.send.sent == 1);

    const auto soon = start(world, connection, text, {{"idempotency-key", "k2"}});
    CHECK(soon.status == 429);
    CHECK(soon.json.at("code").text() == "too_many");
    const auto& headers = soon.response.headers;
    CHECK(std::any_of(headers.begin(), headers.end(), [](const Header& header) {
        return header.name == "Retry-After" && header.value == "30";
    }));

    const std::string path = "/v1/otp/" + made.json.at("id").text();
    const auto wrong = world.ask("POST", path + "/verify", R"({"code":"x"})");
    CHECK(wrong.json.at("verified") == Json(false));
    CHECK(wrong.json.at("attempts_left").integer() == 4);
    CHECK(world.ask("POST", path + "/resend", "{}").status == 429);
    const auto right = world.ask("POST", path + "/verify", R"({"code":")" + code + "\"}");
    CHECK(right.json.at("verified") == Json(true));
    CHECK(world.ask("GET", path).json.at("state").text() == "verified");
    CHECK(world.ask("POST", path + "/cancel").status == 409);

    world.database.clock().advance(Millis(30'000));
    CHECK(start(world, connection, text, {{"idempotency-key", "k2"}}).status == 202);
    const std::string message =
        world.ask("GET", "/v1/messages/" + made.json.at("message").text()).response.body;
    CHECK(message.find(code) == std::string::npos);
}

TEST_CASE("what cannot be sent as a one-time password is refused before anything is stored") {
    World world;
    const std::string connection = world.new_connection();
    const auto field = [&](const std::string& more) {
        const auto refused = start(world, connection, more);
        CHECK(refused.status == 422);
        return refused.json.at("field").text();
    };
    CHECK(field("") == "content");
    CHECK(field(R"(,"content":{"kind":"text","text":"Your code is secret"})") == "content");
    CHECK(field(R"(,"mode":"native")") == "mode");  // this provider makes no codes
    CHECK(field(text + std::string(R"(,"length":3)")) == "length");
    CHECK(field(text + std::string(R"(,"template":"x")")) == "template");
    CHECK(field(text + std::string(R"(,"fallback":[{"connection":")") + connection +
                R"(","content":{"kind":"text","text":"Again"}}])") == "fallback[0].content");
    CHECK(start(world, format_id(prefix::connection, 7), text).json.at("field").text() == "connection");
    CHECK(world.send.sent == 0);
}
