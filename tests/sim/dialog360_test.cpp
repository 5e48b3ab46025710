#include "dialog360.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

const std::vector<std::pair<std::string, std::string>> headers = {{"D360-API-KEY", "sim-d360-api-key"},
                                                                  {"Content-Type", "application/json"}};

std::string text_to(const std::string& to, const std::string& more = "") {
    return R"({"messaging_product":"whatsapp","to":")" + to + R"(","type":"text","text":{"body":"Hi"})" +
           more + "}";
}

std::string order_update(const std::string& more = "") {
    return R"({"messaging_product":"whatsapp","to":"+919812345678","type":"template","template":{"name":"order_update",)" +
           more +
           R"("language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"Ann"},{"type":"text","text":"A1"}]}]}})";
}

}  // namespace

TEST_CASE("360dialog: a message goes to /messages, answered with 201 and the ID alone") {
    World world;
    Dialog360 player(world);
    const Reply reply = call(player, {"POST", "/messages", order_update(), headers});
    CHECK(reply.status == 201);
    const Json body = Json::parse(reply.body);
    CHECK(body["messages"].at(0)["id"] == Json(world.ledger().id(0)));
    CHECK_FALSE(body.contains("contacts"));
    CHECK(world.ledger().name(world.ledger()[0].template_name) == "order_update");
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("360dialog: what the contract does not allow is refused") {
    const RefusedCall wrongs[] = {
        {"no key", {"POST", "/messages", text_to("+919812345678"), {headers[1]}}, 401, true},
        {"other key",
         {"POST", "/messages", text_to("+919812345678"), {{"D360-API-KEY", "x"}, headers[1]}},
         401,
         false},
        {"bearer",
         {"POST",
          "/messages",
          text_to("+919812345678"),
          {{"Authorization", "Bearer sim-d360-api-key"}, headers[1]}},
         401,
         true},
        {"the old path", {"POST", "/v1/messages", text_to("+919812345678"), headers}, 404, true},
        {"a version",
         {"POST", "/v25.0/106540352242922/messages", text_to("+919812345678"), headers},
         404,
         true},
        {"a namespace", {"POST", "/messages", order_update(R"("namespace":"n1",)"), headers}, 400, true},
        {"no product",
         {"POST", "/messages", R"({"to":"+919812345678","type":"text","text":{"body":"x"}})", headers},
         400,
         true},
        {"a template in review",
         {"POST", "/messages",
          R"({"messaging_product":"whatsapp","to":"+919812345678","type":"template","template":{"name":"fresh","language":{"code":"en"}}})",
          headers},
         404,
         false},
    };
    for (const RefusedCall& wrong : wrongs) check_refused<Dialog360>(wrong);
}

TEST_CASE("360dialog: templates come in pages by offset, their states in small letters") {
    World world;
    Dialog360 player(world);
    std::size_t seen = 0, total = 1;
    int pages = 0;
    for (; seen < total; ++pages) {
        REQUIRE(pages < 10);
        const Reply reply = call(
            player, {"GET", "/v1/configs/templates?limit=100&offset=" + std::to_string(seen), "", headers});
        const Json body = Json::parse(reply.body);
        total = static_cast<std::size_t>(body.at("total").integer());
        for (const Json& made : body.at("waba_templates")) CHECK(made.at("status").text() != "APPROVED");
        seen += body.at("waba_templates").size();
    }
    CHECK(pages > 1);
    CHECK(seen == 3);
}

TEST_CASE("360dialog: a file is looked up at the root, and fetched from its own host only") {
    World world;
    Dialog360 player(world);
    const Call upload{"POST",
                      "/media",
                      "--b\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"
                      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
                      "Content-Type: image/png\r\n\r\nPNG\r\n--b--\r\n",
                      {headers[0], {"Content-Type", "multipart/form-data; boundary=b"}}};
    const std::string id = Json::parse(call(player, upload).body).at("id");
    const Json found = Json::parse(call(player, {"GET", "/" + id, "", headers}).body);
    const std::string url = found.at("url");
    REQUIRE(url.starts_with("https://lookaside.fbsbx.com/"));
    const Reply file = call(player, {"GET", url.substr(27), "", headers});
    CHECK(file.body == "PNG");
    CHECK(file.type == "image/png");
    CHECK(violation_count(world.violations()) == 0);
    for (int i = 0; i < 21; ++i) CHECK(call(player, {"GET", "/1", "", headers}).status == 404);
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("360dialog: webhooks carry the header that was registered with their address") {
    World world;
    Dialog360 player(world);
    CHECK(call(player, {"GET", "/v1/configs/webhook", "", headers}).status == 404);
    const std::string registration =
        R"({"url":"https://dakiya.example/w","headers":{"X-Dakiya-Secret":"s3"}})";
    CHECK(call(player, {"POST", "/v1/configs/webhook", registration, headers}).status == 200);
    call(player,
         {"POST", "/messages", text_to("+919812345678", R"(,"biz_opaque_callback_data":"r1")"), headers});
    REQUIRE(player.reports(world.ledger()[0]));
    const Post post = player.statuses({{0, Status::sent}});
    CHECK(post.url == "https://dakiya.example/w");
    CHECK(post.headers == "X-Dakiya-Secret: s3\r\n");
    const Json value = Json::parse(post.body)["entry"].at(0)["changes"].at(0)["value"];
    CHECK(value["statuses"].at(0)["biz_opaque_callback_data"] == Json("r1"));
    CHECK(player.inbound({}, "t").headers == post.headers);
}

TEST_CASE("360dialog: its own refusals have words, Meta's have codes") {
    World world;
    REQUIRE_FALSE(world.configure(merged(
        world.document(),
        Json::parse(
            R"({"rules":[{"provider":"dialog360","suffix":"01","code":131026},{"provider":"dialog360","suffix":"02","code":503}]})"))));
    Dialog360 player(world);
    const Reply meta = call(player, {"POST", "/messages", text_to("+919812345601"), headers});
    CHECK(Json::parse(meta.body)["error"]["code"] == Json(131026));
    const Reply own = call(player, {"POST", "/messages", text_to("+919812345602"), headers});
    CHECK(own.status == 503);
    CHECK(Json::parse(own.body).contains("message"));
}
