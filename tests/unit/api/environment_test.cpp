// Settings that the operator's environment gives (x-env), as a tenant sees them.
#include <catch2/catch.hpp>

#include "net/redact.hpp"
#include "send/connections.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::World;

TEST_CASE("a connection without a key takes the operator's when it is opened, and nothing of it is stored") {
    World world(GENERATE(from_range(store::dialects())));
    world.services.environment =
        plugin::Environment({"crowd"}, {{"CROWD_KEY", "operator-key"}, {"CROWD_REGION", "eu"}});
    const auto form = world.ask("GET", "/v1/providers/crowd");
    CHECK(form.json.at("settings").at("properties").at("key").at("x-operator") == Json(true));
    CHECK(form.response.body.find("operator-key") == std::string::npos);

    const auto made = world.ask("POST", "/v1/connections", R"({"provider":"crowd"})");
    REQUIRE(made.status == 201);
    CHECK(made.json.at("operator_settings") == Json::array({"key", "region"}));
    CHECK(made.response.body.find("operator-key") == std::string::npos);
    const Id id = *parse_id(prefix::connection, made.json.at("id").text());
    const auto stored = [&] {
        return *world.database.database().read(
            [&](store::Session& session) { return store::connections::find(session, world.shop.scope, id); });
    };
    CHECK(stored().settings == "{}");  // not the schema's default for the region either
    CHECK(stored().secrets == "{}");

    net::Redactor redactor;
    send::Connections connections(
        {world.database.database(), test::registry(), world.vault, redactor, "", world.services.environment});
    test::registry().forget(id);  // of an earlier world
    const auto settings = [&] {
        const auto opened = connections.open_any(world.shop.scope, id);
        REQUIRE(opened);
        plugin::Turn turn;
        turn.op = "settings";
        return opened->plugin->advance(turn).records.at(0).json;
    };
    CHECK(settings() == Json{{"key", "operator-key"}, {"region", "eu"}});
    CHECK(redactor("Bearer operator-key") == "Bearer [secret]");

    const std::string path = "/v1/connections/" + made.json.at("id").text();
    const auto own = world.ask("PATCH", path, R"({"settings":{"key":"our-own-key"}})");
    CHECK(own.json.at("operator_settings") == Json::array({"region"}));
    CHECK(settings() == Json{{"key", "our-own-key"}, {"region", "eu"}});

    // To another host goes the tenant's own key or none.
    const auto moved =
        world.ask("PATCH", path, R"({"settings":{"key":null,"base_url":"https://tenant.example"}})");
    CHECK(moved.json.at("operator_settings") == Json::array({"region"}));
    CHECK_FALSE(settings().contains("key"));
}
