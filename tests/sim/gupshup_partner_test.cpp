#include "gupshup_partner.hpp"
#include "calls.hpp"
#include "text.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::string app = "/partner/app/b2c3d4e5-0000-4000-8000-1234567890ab";

Call login(const std::string& secret = "sim-partner-secret-4f5e6d7c") {
    return {"POST",
            "/partner/account/login",
            encode_form({{"email", "ops@acme.example"}, {"password", secret}}),
            {{"Content-Type", "application/x-www-form-urlencoded"}}};
}
Call get(const std::string& path, const std::string& token) {
    return {"GET", app + path, "", {{"Authorization", token}}};
}
Call text(const std::string& token) {
    const Json body{{"messaging_product", "whatsapp"},
                    {"recipient_type", "individual"},
                    {"to", "+919812345678"},
                    {"type", "text"},
                    {"text", Json{{"body", "Hi"}}}};
    return {"POST",
            app + "/v3/message",
            body.dump(),
            {{"Authorization", token}, {"Content-Type", "application/json"}}};
}
std::string app_token(GupshupPartner& player) {
    const std::string partner = Json::parse(call(player, login()).body).at("token").text();
    return Json::parse(call(player, get("/token", partner)).body).at("token").at("token").text();
}
void configure(World& world, const Json& section) {
    REQUIRE_FALSE(world.configure(merged(world.document(), Json{{"gupshup-partner", section}})));
}

}  // namespace

TEST_CASE("Gupshup partner: login, the app's token, a message, templates") {
    World world;
    GupshupPartner player(world);
    const std::string token = app_token(player);
    CHECK(token == app_token(player));  // the same until it ends
    const Reply reply = call(player, text(token));
    CHECK(reply.status == 200);
    CHECK(Json::parse(reply.body).at("messages").at(std::size_t{0}).at("id").text() == world.ledger().id(0));
    CHECK(Json::parse(call(player, get("/templates", token)).body).at("templates").size() == 2);
    CHECK(call(player, get("/health", token)).status == 200);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Gupshup partner: a wrong secret, and more than ten logins a minute") {
    World world;
    GupshupPartner player(world);
    for (int i = 0; i < 10; ++i) CHECK(call(player, login("wrong")).status == 401);
    CHECK(call(player, login()).status == 429);
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Gupshup partner: tokens end, are revoked, and are not to be made up") {
    World world;
    GupshupPartner player(world);
    configure(world, Json{{"revoke_after", 1}});
    const std::string token = app_token(player);
    CHECK(call(player, text(token)).status == 200);
    CHECK(call(player, text(token)).status == 401);
    CHECK(violation_count(world.violations()) == 0);
    CHECK(app_token(player) != token);

    configure(world, Json{{"revoke_after", 0}});
    CHECK(call(player, text("sk_made_up")).status == 401);
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Gupshup partner: templates are made and deleted with the app's token") {
    World world;
    GupshupPartner player(world);
    const std::string token = app_token(player);
    Call made{"POST",
              app + "/templates",
              encode_form({{"elementName", "fresh"},
                           {"languageCode", "en"},
                           {"category", "UTILITY"},
                           {"templateType", "TEXT"},
                           {"vertical", "fresh"},
                           {"content", "Hello"},
                           {"example", "Hello"}}),
              {{"Authorization", token}, {"Content-Type", "application/x-www-form-urlencoded"}}};
    CHECK(Json::parse(call(player, made).body).at("template").at("status").text() == "PENDING");
    CHECK(call(player, {"DELETE", app + "/template/fresh", "", {{"Authorization", token}}}).status == 200);
    CHECK(call(player, {"DELETE", app + "/template/fresh", "", {{"Authorization", token}}}).status == 400);
    made.body = "elementName=x";
    CHECK(call(player, made).status == 400);
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("Gupshup partner: files are uploaded, and received ones are given out by their id") {
    World world;
    GupshupPartner player(world);
    const std::string token = app_token(player);
    const Call upload{"POST",
                      app + "/media",
                      "--b\r\nContent-Disposition: form-data; name=\"file_type\"\r\n\r\nimage/png\r\n"
                      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
                      "Content-Type: image/png\r\n\r\nPNG\r\n--b--\r\n",
                      {{"Authorization", token}, {"Content-Type", "multipart/form-data; boundary=b"}}};
    const std::string id = Json::parse(call(player, upload).body).at("mediaId");
    const Reply file = call(player, get("/media/" + id, token));
    CHECK(file.body == "PNG");
    CHECK(file.type == "image/png");
    CHECK(call(player, get("/media/1", token)).status == 404);
    CHECK(violation_count(world.violations()) == 0);
    CHECK(call(player, get("/media/" + id, "made-up")).status == 401);
}
