// What holds for every route, asked of every line of the table.
#include <set>

#include <catch2/catch.hpp>

#include "api/openapi.hpp"
#include "domain/media.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::World;

namespace {

// The path with the given ids in place of its parameters.
std::string filled(const Route& route, const std::map<std::string, std::string>& values) {
    std::string path = route.path;
    for (const auto& [name, value] : values) {
        const std::string parameter = "{" + name + "}";
        if (const auto at = path.find(parameter); at != std::string::npos)
            path.replace(at, parameter.size(), value);
    }
    return path;
}

const std::map<std::string, std::string> strangers = {{"connection", format_id(prefix::connection, 7)},
                                                      {"contact", format_id(prefix::contact, 7)},
                                                      {"import", format_id(prefix::import, 7)},
                                                      {"template", format_id(prefix::tmpl, 7)},
                                                      {"media", format_id(prefix::media, 7)},
                                                      {"otp", format_id(prefix::otp, 7)},
                                                      {"message", format_id(prefix::message, 7)},
                                                      {"campaign", format_id(prefix::campaign, 7)},
                                                      {"provider", "crowd"},
                                                      {"channel", "sms"},
                                                      {"address", "+919812345678"},
                                                      {"token", "t"}};

}  // namespace

TEST_CASE("every route that needs a key refuses a request without one, or with too little") {
    World world;
    const std::string weak = world.new_key(world.shop.scope, "");
    for (const Route& route : world.router.routes()) {
        if (route.permission == Permission::none) continue;
        CAPTURE(route.name);
        const std::string path = filled(route, strangers);
        world.anonymous = true;
        CHECK(world.ask(route.method, path, "{}").status == 401);
        world.anonymous = false;
        CHECK(world.ask(route.method, path, "{}", {{"authorization", "Bearer " + weak}}).status == 403);
    }
}

TEST_CASE("every route with a body refuses what is not its body, and writes nothing") {
    World world;
    for (const Route& route : world.router.routes()) {
        if (route.body_kind != BodyKind::json) continue;
        CAPTURE(route.name);
        const std::string path = filled(route, strangers);
        CHECK(world.ask(route.method, path, "{\"a\":").status == 400);
        CHECK(world.ask(route.method, path, "").status == 400);
        CHECK(world.ask(route.method, path, "{\"x\":\"\xff\"}").status == 400);
        CHECK(world.ask(route.method, path, "[]").status == 422);
        const auto unknown = world.ask(route.method, path, R"({"no_such_field":1})");
        CHECK(unknown.status == 422);
        CHECK(unknown.response.body.find("no_such_field") != std::string::npos);
    }
    for (const char* path : {"/v1/contacts", "/v1/connections", "/v1/campaigns", "/v1/messages",
                             "/v1/suppressions", "/v1/imports"})
        CHECK(world.ask("GET", path).json.at("items").empty());
}

TEST_CASE("no request crosses from one tenant to another") {
    World world(GENERATE(from_range(store::dialects())));
    std::map<std::string, std::string> ours = strangers;
    ours["connection"] = world.new_connection();
    ours["contact"] = world.new_contact("+919812345678");
    ours["campaign"] = world.new_campaign();
    ours["import"] = world.ask("POST", "/v1/imports", "phone\n1\n").json.at("id").text();
    ours["media"] = world.ask("POST", "/v1/media", "%PDF-1.7", {{"content-type", "application/pdf"}})
                        .json.at("id")
                        .text();
    ours["message"] =
        world
            .ask("POST", "/v1/messages",
                 R"({"to":"+919812345678","content":{"kind":"text","text":"x"},"connection":")" +
                     ours["connection"] + "\"}")
            .json.at("id")
            .text();
    REQUIRE(world.ask("POST", "/v1/suppressions", R"({"channel":"sms","address":"+919812345678"})").status ==
            201);
    REQUIRE(world.ask("GET", "/v1/messages/" + ours["message"]).status == 200);

    world.as = world.new_shop("IN").key;
    int asked = 0;
    for (const Route& route : world.router.routes()) {
        const bool names_ours = route.path.find('{') != std::string::npos;
        if (route.permission == Permission::none || route.path.rfind("/v1/providers", 0) == 0) continue;
        CAPTURE(route.name);
        std::string path = filled(route, ours);
        if (route.name == "listOptions") path += "?field=x";
        if (names_ours) {
            std::string body;
            if (route.body_kind == BodyKind::json) body = R"({"name":"Mine now"})";
            if (route.name == "createTemplate") body = R"({"name":"Mine now","language":"en"})";
            if (route.name == "markMessageRead" || route.name == "resendOtp") body = "{}";
            if (route.name == "verifyOtp") body = R"({"code":"1"})";
            if (route.name == "resolveMessage") body = R"({"as":"sent"})";
            CHECK(world.ask(route.method, path, body).status == 404);
            ++asked;
        } else if (route.method == "GET") {
            CHECK(world.ask("GET", path).json.at("items").empty());
            ++asked;
        }
    }
    CHECK(asked > 25);
    const std::string stolen = R"({"name":"x","content":{"kind":"text","text":"x"},"audience":{"all":true},)";
    CHECK(world.ask("POST", "/v1/campaigns", stolen + "\"connection\":\"" + ours["connection"] + "\"}")
              .status == 422);

    world.as.clear();
    CHECK(world.ask("GET", "/v1/contacts/" + ours["contact"]).json.at("name").text() == "Asha");
    CHECK(world.ask("GET", "/v1/connections/" + ours["connection"]).json.at("name").text() == "Crowd");
    CHECK(world.ask("GET", "/v1/suppressions").json.at("items").size() == 1);
}

TEST_CASE("the OpenAPI document names every route and needs no key") {
    World world;
    world.anonymous = true;
    const auto document = world.ask("GET", "/openapi.json");
    REQUIRE(document.status == 200);
    CHECK(document.json.at("info").at("version").text() == "1.2.3");
    for (const Route& route : world.router.routes()) {
        std::string method = route.method;
        for (char& c : method) c = static_cast<char>(c + 32);
        CAPTURE(route.name);
        CHECK(document.json.at("paths").at(route.path).at(method).at("operationId").text() == route.name);
        CHECK_FALSE(route.summary.empty());
        const bool bytes = route.name == "exportCampaignRecipients" || route.name == "downloadFile";
        if (route.permission != Permission::none && route.status != 204 && !bytes)
            CHECK_FALSE(route.answer.is_null());
    }
    CHECK(world.ask("GET", "/healthz").status == 200);
    CHECK(world.ask("GET", "/readyz").status == 200);
}

TEST_CASE("a server whose database takes no writes is not ready") {
    World world;
    REQUIRE(world.ask("GET", "/readyz").status == 200);
    store::Session& session = world.database.session();
    for (const char* event : {"INSERT", "UPDATE"})
        session.execute(std::string("CREATE TRIGGER refuse_") + event + " BEFORE " + event +
                        " ON leases BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    CHECK(world.ask("GET", "/readyz").status == 200);  // asked just now
    world.database.clock().advance(Millis(1'000));
    const auto refused = world.ask("GET", "/readyz");
    CHECK(refused.status == 503);
    CHECK(refused.json.at("detail").text() == "the database takes no writes: it is read-only, full or away");
    session.execute("DROP TRIGGER refuse_INSERT");
    session.execute("DROP TRIGGER refuse_UPDATE");
    world.database.clock().advance(Millis(1'000));
    CHECK(world.ask("GET", "/readyz").status == 200);
}
