#include "api/auth.hpp"

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::World;

namespace {

int status_with(World& world, const std::string& authorization) {
    return world.ask("GET", "/v1/contacts", "", {{"authorization", authorization}}).status;
}

}  // namespace

TEST_CASE("only a whole, known, living key is let in") {
    World world;
    const std::string key = world.new_key(world.shop.scope, "read");
    CHECK(status_with(world, "Bearer " + key) == 200);
    CHECK(status_with(world, "bearer " + key) == 200);
    CHECK(status_with(world, "Basic " + key) == 401);
    CHECK(status_with(world, key) == 401);
    CHECK(status_with(world, "Bearer") == 401);
    CHECK(status_with(world, "Bearer " + key + "x") == 401);
    CHECK(status_with(world, "Bearer " + security::make_api_key().text) == 401);
    const auto refused = world.ask("GET", "/v1/contacts", "", {{"authorization", "Bearer x"}});
    CHECK(refused.json.at("code").text() == "unauthorized");
    CHECK(refused.response.body.find(key) == std::string::npos);
}

TEST_CASE("a key expires on time though it is remembered") {
    World world;
    const std::string key = world.new_key(world.shop.scope, "read", world.database.clock().now_ms() + 1'000);
    CHECK(status_with(world, "Bearer " + key) == 200);
    world.database.clock().advance(Millis(1'001));
    CHECK(status_with(world, "Bearer " + key) == 401);
}

TEST_CASE("a revoked key works for at most five more seconds, and its use is noted") {
    World world;
    const std::string key = world.new_key(world.shop.scope, "read");
    CHECK(status_with(world, "Bearer " + key) == 200);
    const Id id = world.last_key;
    world.database.writer().run([&](store::Session& session) {
        store::keys::revoke(session, world.shop.scope, id, world.database.clock().now_ms());
    });
    world.database.clock().advance(Millis(5'001));
    CHECK(status_with(world, "Bearer " + key) == 401);
    const auto row = world.database.database().read(
        [&](store::Session& session) { return store::keys::find(session, world.shop.scope, id); });
    CHECK(row->last_used_at > 0);
}

TEST_CASE("permissions are a set, and admin is all of them") {
    World world;
    const std::string reader = world.new_key(world.shop.scope, "read");
    const std::string manager = world.new_key(world.shop.scope, "read manage");
    const std::string body = R"({"phone":"9812345678"})";
    world.as = reader;
    CHECK(world.ask("POST", "/v1/contacts", body).status == 403);
    world.as = manager;
    CHECK(world.ask("POST", "/v1/contacts", body).status == 201);
    CHECK(world.ask("POST", "/v1/connections", R"({"provider":"crowd"})").status == 403);
    CHECK(parse_permissions("read fly admin") ==
          std::vector<Permission>{Permission::read, Permission::admin});
}

TEST_CASE("a POST with a key is done once, however often it is sent") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string connection = world.new_connection();
    const std::string body =
        R"({"to":"+919812345678","content":{"kind":"text","text":"x"},"connection":")" + connection + "\"}";
    const std::vector<Header> key = {{"idempotency-key", "order-17"}};
    const auto first = world.ask("POST", "/v1/messages", body, key);
    REQUIRE(first.status == 202);
    const auto again = world.ask("POST", "/v1/messages", body, key);
    CHECK(again.status == 202);
    CHECK(again.json == first.json);
    CHECK(again.response.headers[1].name == "Idempotent-Replayed");
    CHECK(world.send.sent == 1);

    const auto other = world.ask("POST", "/v1/contacts", R"({"phone":"9812345678"})", key);
    CHECK(other.status == 422);
    CHECK(other.json.at("code").text() == "idempotency_mismatch");

    // Another tenant's keys are its own.
    world.as = world.new_shop("IN").key;
    CHECK(world.ask("POST", "/v1/contacts", R"({"phone":"9812345678"})", key).status == 201);
    world.as.clear();

    // After a day it is forgotten.
    world.database.clock().advance(std::chrono::hours(25));
    world.answers.tidy();
    CHECK(world.ask("POST", "/v1/messages", body, key).status == 202);
    CHECK(world.send.sent == 2);
}

TEST_CASE("a request that is still running is not done again; one that was cut off is, after two minutes") {
    World world;
    Request request;
    request.method = "POST";
    request.target = "/v1/contacts";
    request.body = R"({"phone":"9812345678"})";
    Caller caller;
    caller.scope = world.shop.scope;
    REQUIRE(std::holds_alternative<Idempotency::Begun>(world.answers.begin(caller, "k", request)));
    const auto second = world.ask("POST", "/v1/contacts", request.body, {{"idempotency-key", "k"}});
    CHECK(second.status == 409);
    CHECK(second.json.at("code").text() == "idempotency_in_progress");
    CHECK(world.ask("GET", "/v1/contacts").json.at("items").empty());
    world.database.clock().advance(std::chrono::seconds(121));
    CHECK(world.ask("POST", "/v1/contacts", request.body, {{"idempotency-key", "k"}}).status == 201);
}

TEST_CASE("a passing refusal may be tried again with the same key") {
    World world;
    const std::string body = R"({"to":"+919812345678","content":{"kind":"text","text":"x"},"connection":")" +
                             world.new_connection() + "\"}";
    world.send.fails = Error{Code::unavailable, "later", ""};
    CHECK(world.ask("POST", "/v1/messages", body, {{"idempotency-key", "k"}}).status == 503);
    world.send.fails.reset();
    CHECK(world.ask("POST", "/v1/messages", body, {{"idempotency-key", "k"}}).status == 202);
}
