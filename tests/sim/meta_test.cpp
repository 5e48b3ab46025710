#include "meta.hpp"
#include "calls.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sim;
using dakiya::Json;

namespace {

const std::vector<std::pair<std::string, std::string>> headers = {{"Authorization", "Bearer sim-meta-token"},
                                                                  {"Content-Type", "application/json"}};

Call message(std::string body) {
    return {"POST", "/v25.0/106540352242922/messages", std::move(body), headers};
}

std::string text_to(const std::string& to) {
    return R"({"messaging_product":"whatsapp","to":")" + to +
           R"(","type":"text","text":{"body":"Hi"},"biz_opaque_callback_data":"r=1"})";
}

std::string template_message(const std::string& inner) {
    return R"({"messaging_product":"whatsapp","to":"+919812345678","type":"template","template":)" + inner +
           "}";
}

std::int64_t code_of(const Reply& reply) {
    const Json body = Json::parse(reply.body);
    return body["error"].is_object() ? body["error"].value("code", 0) : 0;
}

}  // namespace

TEST_CASE("Meta: a text message is accepted and written down") {
    World world;
    Meta meta(world);
    const Reply reply = call(meta, message(text_to("+919812345678")));
    REQUIRE(reply.status == 200);
    const Json body = Json::parse(reply.body);
    CHECK(body["contacts"].at(0)["wa_id"] == Json("919812345678"));
    REQUIRE(world.ledger().size() == 1);
    CHECK(body["messages"].at(0)["id"] == Json(world.ledger().id(0)));
    CHECK(world.ledger().ref(world.ledger()[0]) == "r=1");
    CHECK(world.ledger().text(world.ledger()[0]) == "Hi");
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Meta: what the contract does not allow is refused with its code") {
    struct Wrong {
        const char* why;
        std::string body;
        int code;
        bool violation;
    };
    const std::string ten_rows = [] {
        std::string rows;
        for (int i = 0; i < 11; ++i)
            rows += (i ? "," : "") + (R"({"id":")" + std::to_string(i) + R"(","title":"t"})");
        return rows;
    }();
    const Wrong wrongs[] = {
        {"not JSON", "{", 100, true},
        {"no product", R"({"to":"+919812345678","type":"text","text":{"body":"x"}})", 131008, true},
        {"no recipient", R"({"messaging_product":"whatsapp","type":"text","text":{"body":"x"}})", 131008,
         true},
        {"not a number", text_to("+12"), 131009, true},
        {"no text", R"({"messaging_product":"whatsapp","to":"+919812345678","type":"text","text":{}})",
         131008, true},
        {"unknown field",
         R"({"messaging_product":"whatsapp","to":"+919812345678","type":"text","text":{"body":"x"},"y":1})",
         100, true},
        {"text too long",
         R"({"messaging_product":"whatsapp","to":"+919812345678","type":"text","text":{"body":")" +
             std::string(4097, 'x') + "\"}}",
         131009, true},
        {"unknown type", R"({"messaging_product":"whatsapp","to":"+919812345678","type":"fax","fax":{}})",
         131051, true},
        {"media that nobody uploaded",
         R"({"messaging_product":"whatsapp","to":"+919812345678","type":"image","image":{"id":"5"}})", 131009,
         false},
        {"eleven rows",
         R"({"messaging_product":"whatsapp","to":"+919812345678","type":"interactive","interactive":{"type":"list","body":{"text":"b"},"action":{"button":"Open","sections":[{"rows":[)" +
             ten_rows + "]}]}}}",
         131009, true},
        {"unknown template", template_message(R"({"name":"nope","language":{"code":"en_US"}})"), 132001,
         false},
        {"other language", template_message(R"({"name":"order_update","language":{"code":"de"}})"), 132001,
         false},
        {"paused template", template_message(R"({"name":"old_offer","language":{"code":"en_US"}})"), 132015,
         false},
        {"too few parameters",
         template_message(
             R"({"name":"order_update","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"}]}]})"),
         132000, false},
        {"no components", template_message(R"({"name":"order_update","language":{"code":"en_US"}})"), 132000,
         false},
        {"text for an image header",
         template_message(
             R"({"name":"sale","language":{"code":"en_US"},"components":[{"type":"header","parameters":[{"type":"text","text":"x"}]},{"type":"body","parameters":[{"type":"text","text":"a"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"t"}]}]})"),
         132012, false},
        {"line break in a parameter",
         template_message(
             R"({"name":"order_update","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"a\nb"},{"type":"text","text":"c"}]}]})"),
         132018, false},
    };
    for (const Wrong& wrong : wrongs) {
        CAPTURE(wrong.why);
        World world;
        Meta meta(world);
        const Reply reply = call(meta, message(wrong.body));
        CHECK(code_of(reply) == wrong.code);
        CHECK(reply.status >= 400);
        CHECK(violation_count(world.violations()) == (wrong.violation ? 1 : 0));
        CHECK(world.ledger().size() == 0);
    }
}

TEST_CASE("Meta: a template with an uploaded header, text and a button is accepted") {
    World world;
    Meta meta(world);
    Call upload{"POST",
                "/v25.0/106540352242922/media",
                "--b\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"
                "--b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage/png\r\n"
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: "
                "image/png\r\n\r\n"
                "PNG\r\n--b--\r\n",
                {headers[0], {"Content-Type", "multipart/form-data; boundary=b"}}};
    const Reply uploaded = call(meta, upload);
    REQUIRE(uploaded.status == 200);
    const std::string id = Json::parse(uploaded.body).at("id");
    const Reply reply = call(
        meta,
        message(template_message(
            R"({"name":"sale","language":{"code":"en_US"},"components":[{"type":"header","parameters":[{"type":"image","image":{"id":")" +
            id +
            R"("}}]},{"type":"body","parameters":[{"type":"text","text":"Ann"}]},{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"t/1"}]}]})")));
    CHECK(reply.status == 200);
    CHECK(violation_count(world.violations()) == 0);
    const Reply looked_up = call(meta, {"GET", "/v25.0/" + id, "", headers});
    CHECK(Json::parse(looked_up.body)["mime_type"] == Json("image/png"));
}

TEST_CASE("Meta: the token is asked for as the contract says") {
    struct Try {
        const char* why;
        std::vector<std::pair<std::string, std::string>> headers;
        std::string target;
        int code;
        int violations;
    };
    const std::string phone = "/v25.0/106540352242922";
    const Try tries[] = {{"right", {{"authorization", "Bearer sim-meta-token"}}, phone, 0, 0},
                         {"wrong token", {{"Authorization", "Bearer other"}}, phone, 190, 0},
                         {"no header", {}, phone, 190, 1},
                         {"other scheme", {{"Authorization", "OAuth sim-meta-token"}}, phone, 190, 1},
                         {"token in the address", headers, phone + "?access_token=sim-meta-token", 190, 1},
                         {"no version", headers, "/106540352242922", 100, 1},
                         {"unknown object", headers, "/v25.0/1", 33, 0}};
    for (const Try& made : tries) {
        CAPTURE(made.why);
        World world;
        Meta meta(world);
        const Reply reply = call(meta, {"GET", made.target, "", made.headers});
        CHECK(code_of(reply) == made.code);
        CHECK(violation_count(world.violations()) == made.violations);
    }
}

TEST_CASE("Meta: templates come in pages that are followed by their cursors") {
    World world;
    Meta meta(world);
    std::set<std::string> names;
    std::string after;
    int pages = 0;
    for (bool more = true; more; ++pages) {
        REQUIRE(pages < 10);
        const Reply reply =
            call(meta, {"GET", "/v25.0/102290129340398/message_templates?limit=100" + after, "", headers});
        const Json body = Json::parse(reply.body);
        for (const Json& made : body["data"]) names.insert(made.at("name"));
        more = body["paging"].contains("next");
        after = "&after=" + percent_encode(body["paging"]["cursors"].value("after", ""));
    }
    CHECK(pages >= 3);
    CHECK(names == std::set<std::string>{"hello_world", "order_update", "sale", "old_offer"});
}

TEST_CASE("Meta: a new template shows in its header what was uploaded to the app for it, and nothing else") {
    World world;
    Meta meta(world);
    const std::string business = "/v25.0/102290129340398/message_templates";
    const auto create = [&](const std::string& name, const std::string& format, const std::string& handle) {
        return call(meta,
                    {"POST", business,
                     R"({"name":")" + name + R"(","language":"en","category":"MARKETING","components":[)" +
                         R"({"type":"HEADER","format":")" + format + R"(","example":{"header_handle":[")" +
                         handle + R"("]}}]})",
                     headers});
    };
    const Reply opened = call(
        meta, {"POST", "/v25.0/670843887433847/uploads?file_name=a.png&file_length=4&file_type=image%2Fpng",
               "", headers});
    REQUIRE(opened.status == 200);
    const std::string session = "/v25.0/" + Json::parse(opened.body).at("id").text();
    const std::vector<std::pair<std::string, std::string>> bytes = {{"Authorization", "OAuth sim-meta-token"},
                                                                    {"file_offset", "0"}};
    REQUIRE(session.find("==?sig=") != std::string::npos);

    std::int64_t violations = 0;
    const auto refused = [&](const std::string& why, const Call& wrong, int code) {
        CAPTURE(why);
        CHECK(code_of(call(meta, wrong)) == code);
        CHECK(violation_count(world.violations()) == ++violations);
    };
    refused("other scheme", {"POST", session, "four", {headers[0], bytes[1]}}, 190);
    refused("no offset", {"POST", session, "four", {bytes[0]}}, 100);
    refused("too few bytes", {"POST", session, "one", bytes}, 100);
    refused("no signature", {"POST", session.substr(0, session.find('?')), "four", bytes}, 100);
    const std::string app = "/v25.0/670843887433847/uploads?file_length=";
    refused("no length", {"POST", app + "&file_type=image%2Fpng", "", headers}, 100);
    refused("a type that is not taken", {"POST", app + "4&file_type=image%2Fwebp", "", headers}, 100);
    refused("OAuth for the session's opening", {"POST", app + "4&file_type=image%2Fpng", "", bytes}, 190);

    const Reply taken = call(meta, {"POST", session, "four", bytes});
    REQUIRE(taken.status == 200);
    const std::string handle = Json::parse(taken.body).at("h");
    CHECK(create("with_picture", "IMAGE", handle).status == 200);
    CHECK(violation_count(world.violations()) == violations);
    refused("used up", {"POST", session, "four", bytes}, 100);
    CHECK(code_of(create("other_format", "VIDEO", handle)) == 100);
    CHECK(code_of(create("id_of_media", "IMAGE", "4490709327000001")) == 100);
    CHECK(code_of(create("address", "IMAGE", "https://shop.example/a.png")) == 100);
    CHECK(violation_count(world.violations()) == violations + 3);
}

TEST_CASE("Meta: over the rate of the number is 130429 with HTTP 400") {
    World world;
    REQUIRE_FALSE(world.configure(
        merged(world.document(), Json::parse(R"({"meta":{"rate":{"per_second":1,"burst":3}}})"))));
    Meta meta(world);
    for (int i = 0; i < 3; ++i) CHECK(call(meta, message(text_to("+919812345678"))).status == 200);
    const Reply reply = call(meta, message(text_to("+919812345678")));
    CHECK(reply.status == 400);
    CHECK(code_of(reply) == 130429);
    CHECK(world.ledger().summary()["meta"]["refused"]["130429"] == Json(1));
}

TEST_CASE("Meta: a cut request was accepted, a dropped one was not") {
    World world;
    Meta meta(world);
    REQUIRE_FALSE(world.configure(merged(world.document(), Json::parse(R"({"cut_percent":100})"))));
    CHECK(call(meta, message(text_to("+919812345678"))).cut);
    CHECK(world.ledger().size() == 1);
    CHECK(world.ledger()[0].cut);
    REQUIRE_FALSE(
        world.configure(merged(world.document(), Json::parse(R"({"cut_percent":0,"drop_percent":100})"))));
    CHECK(call(meta, message(text_to("+919812345679"))).cut);
    CHECK(world.ledger().size() == 1);
}
