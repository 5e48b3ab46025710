// The table behind the real server, over sockets.
#include <catch2/catch.hpp>

#include "api/server.hpp"
#include "client.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::Client;
using test::World;

namespace {

struct Served {
    World world;
    SystemClock clock;
    Server server{[this] {
                      Server::Options options;
                      options.port = 0;
                      options.spool_folder = world.folder.path.string();
                      return options;
                  }(),
                  world.router, clock};

    std::string key() const { return "Authorization: Bearer " + world.shop.key + "\r\n"; }
};

}  // namespace

TEST_CASE("a contact by way of the wire") {
    Served served;
    Client client(served.server.port());
    const auto created =
        client.ask(test::post("/v1/contacts", R"({"phone":"9812345678","name":"Asha"})", served.key()));
    CHECK(created.status == 201);
    CHECK(created.header("Content-Type") == "application/json");
    CHECK_FALSE(created.header("X-Request-Id").empty());
    const auto list =
        client.ask("GET /v1/contacts?phone=9812345678 HTTP/1.1\r\nHost: x\r\n" + served.key() + "\r\n");
    CHECK(Json::parse(list.body).at("items").at(0).at("name").text() == "Asha");
    const auto refused = client.ask(test::get("/v1/contacts"));
    CHECK(refused.status == 401);
    CHECK(refused.header("Content-Type") == "application/problem+json");
    CHECK(refused.header("WWW-Authenticate") == "Bearer");
    const auto broken = client.ask("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
    CHECK(broken.status == 400);
    CHECK(Json::parse(broken.body).at("code").text() == "malformed");
}

TEST_CASE("a body of 20 MB is refused with a problem and nothing is written") {
    Served served;
    Client client(served.server.port());
    std::string name;
    name.resize(20'000'000, 'x');
    const std::string body = R"({"phone":"9812345678","name":")" + name + "\"}";
    client.send("POST /v1/contacts HTTP/1.1\r\nHost: x\r\n" + served.key() +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    const auto refused = client.receive();
    CHECK(refused.status == 413);
    CHECK(Json::parse(refused.body).at("code").text() == "too_large");
    CHECK(client.closed());
    CHECK(served.world.ask("GET", "/v1/contacts").json.at("items").empty());
}

TEST_CASE("a customer file larger than memory_body arrives as a file, with a key only") {
    Served served;
    std::string csv = "phone,name\n";
    for (int i = 0; i < 5'000; ++i)
        csv += "98" + std::to_string(10'000'000 + i) + ",Somebody " + std::to_string(i) + "\n";
    Client stranger(served.server.port());
    stranger.send("POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(csv.size()) +
                  "\r\n\r\n");
    CHECK(stranger.receive().status == 401);

    Client client(served.server.port());
    const auto accepted =
        client.ask(test::post("/v1/imports", csv, served.key() + "Idempotency-Key: file-1\r\n"));
    REQUIRE(accepted.status == 202);
    const auto again =
        client.ask(test::post("/v1/imports", csv, served.key() + "Idempotency-Key: file-1\r\n"));
    CHECK(again.header("Idempotent-Replayed") == "true");
    CHECK(again.body == accepted.body);
    served.world.imports.run_all();
    const auto done = served.world.ask("GET", "/v1/imports/" + Json::parse(accepted.body).at("id").text());
    CHECK(done.json.at("created").integer() == 5'000);
    CHECK(std::filesystem::is_empty(served.world.folder.path));
}
