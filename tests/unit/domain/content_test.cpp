#include "domain/content.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

Json repeat_variables(int count) {
    Json variables = Json::object();
    for (int i = 1; i <= count; ++i) variables.set(std::to_string(i), "x");
    return Json{{"kind", "template"},
                {"template", Json{{"name", "order"}, {"language", "en"}}},
                {"variables", variables}};
}

std::string times(int count, const std::string& text) {
    std::string repeated;
    for (int i = 0; i < count; ++i) repeated += text;
    return repeated;
}

}  // namespace

TEST_CASE("content is written as it was read") {
    const std::string text = GENERATE(
        R"({"kind":"text","text":"Hi {{name|there}}"})",
        R"({"kind":"text","text":"Hi","extra":{"entity_id":"1"},"reply_to":"wamid.1"})",
        R"({"kind":"text","text":"Hi","email":{"subject":"{{name|Hello}}"}})",
        R"({"kind":"text","text":"Hi","email":{"subject":"S","html":"<style>@media x{a{b:c}}</style>{{name}}","attachments":[{"filename":"a.png","type":"image/png","data":"iVBORw0KGgo=","cid":"logo-1"},{"filename":"{{order}}.pdf","type":"application/pdf","url":"https://files.example/{{order}}.pdf"}]}})",
        R"({"kind":"template","template":{"name":"order","language":"en"}})",
        R"({"kind":"template","template":{"name":"order","language":"en_US"},"variables":{"1":"{{name|there}}","button.0":"{{order}}"}})",
        R"({"kind":"media","media":{"type":"image","url":"https://example.com/a.png","caption":"For {{name}}","filename":"a.png"}})",
        R"({"kind":"media","media":{"type":"document","handle":"1234"}})",
        R"({"kind":"media","media":{"type":"document","url":"{{invoice}}"}})",
        R"({"kind":"interactive","interactive":{"type":"button","body":{"text":"Hi {{name}}"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Yes"}}]}}})",
        R"({"kind":"location","location":{"latitude":12.5,"longitude":-77.5,"name":"Shop","address":"MG Road"}})",
        R"({"kind":"contacts","contacts":[{"name":{"formatted_name":"Asha"},"phones":[{"phone":"+91981"}]}]})",
        R"({"kind":"reaction","reaction":{"message_id":"wamid.1","emoji":"👍🏽"}})",
        R"({"kind":"reaction","reaction":{"message_id":"wamid.1","emoji":""}})");
    CAPTURE(text);
    const auto content = parse_content(Json::parse(text), "content");
    INFO((content.ok() ? "" : content.error().field + ": " + content.error().text));
    REQUIRE(content.ok());
    CHECK(to_json(*content).dump() == text);
}

TEST_CASE("content is read into its fields") {
    const auto content = parse_content(
        Json::parse(
            R"({"kind":"template","template":{"name":"order","language":"en"},"variables":{"1":"{{name}}"},"extra":{"a":1},"reply_to":"w"})"),
        "");
    REQUIRE(content.ok());
    CHECK(content->kind == "template");
    CHECK(content->template_name == "order");
    CHECK(content->template_language == "en");
    CHECK(content->variables == std::map<std::string, std::string>{{"1", "{{name}}"}});
    CHECK(content->extra.at("a").integer() == 1);
    CHECK(content->reply_to == "w");
}

TEST_CASE("what is wrong is refused by name") {
    struct Row {
        std::string json, field, words;
    };
    const auto row = GENERATE(values<Row>({
        {R"([])", "content", "expected an object, found array"},
        {R"({})", "content.kind", "is missing"},
        {R"({"kind":7})", "content.kind", "expected text, found number"},
        {R"({"kind":"fax"})", "content.kind", "must be text, template"},
        {R"({"kind":"text"})", "content.text", "is missing"},
        {R"({"kind":"text","text":" "})", "content.text", "is empty"},
        {R"({"kind":"text","text":null})", "content.text", "found null"},
        {R"({"kind":"text","text":"a\u0000b"})", "content.text", "NUL"},
        {R"({"kind":"text","text":"Hi {{name"})", "content.text", "without }}"},
        {R"({"kind":"text","text":"Hi","colour":"red"})", "content.colour", "unknown field"},
        {R"({"kind":"text","text":"Hi","media":{}})", "content.media", "unknown field"},
        {R"({"kind":"text","text":"Hi","variables":{}})", "content.variables", "unknown field"},
        {R"({"kind":"text","text":"Hi","extra":[]})", "content.extra", "expected an object"},
        {R"({"kind":"text","text":"Hi","reply_to":1})", "content.reply_to", "expected text"},
        {R"({"kind":"template"})", "content.template", "is missing"},
        {R"({"kind":"template","template":"order"})", "content.template", "expected an object, found text"},
        {R"({"kind":"template","template":{"name":"order"}})", "content.template.language", "is missing"},
        {R"({"kind":"template","template":{"name":"o","language":"en","id":"1"}})", "content.template.id",
         "unknown field"},
        {R"({"kind":"template","template":{"name":"o","language":"en"},"variables":{"1":5}})",
         "content.variables.1", "found number"},
        {R"({"kind":"template","template":{"name":"o","language":"en"},"variables":{"1":""}})",
         "content.variables.1", "is empty"},
        {R"({"kind":"template","template":{"name":"o","language":"en"},"variables":{"1":"{{}}"}})",
         "content.variables.1", "without a field"},
        {R"({"kind":"template","template":{"name":"o","language":"en"},"variables":{"":"x"}})",
         "content.variables", "name is empty"},
        {R"({"kind":"template","template":{"name":"o","language":"en"},"variables":["x"]})",
         "content.variables", "expected an object"},
        {R"({"kind":"media","media":{"type":"hologram","url":"https://a"}})", "content.media.type",
         "must be image"},
        {R"({"kind":"media","media":{"type":"image","url":"https://a","blob":7}})", "content.media.blob",
         "unknown field"},
        {R"({"kind":"location","location":{"latitude":1,"longitude":0,"city":"x"}})", "content.location.city",
         "unknown field"},
        {R"({"kind":"reaction","reaction":{"message_id":"w","emoji":"","to":"x"}})", "content.reaction.to",
         "unknown field"},
        {R"({"kind":"media","media":{"type":"image"}})", "content.media.url", "give one of"},
        {R"({"kind":"media","media":{"type":"image","url":"https://a","handle":"1"}})", "content.media.url",
         "give one of"},
        {R"({"kind":"media","media":{"type":"image","url":"file:///etc/passwd"}})", "content.media.url",
         "https://"},
        {R"({"kind":"media","media":{"type":"image","handle":" "}})", "content.media.handle", "is empty"},
        {R"({"kind":"media","media":{"type":"image","url":"https://a","caption":"}}"}})",
         "content.media.caption", "without {{"},
        {R"({"kind":"interactive","interactive":{"body":{"text":"x"}}})", "content.interactive.type",
         "is missing"},
        {R"({"kind":"interactive","interactive":{"type":"list","rows":[{"title":"{{a|}}"}]}})",
         "content.interactive.rows.0.title", "empty fallback"},
        {R"({"kind":"location","location":{"latitude":91,"longitude":0}})", "content.location.latitude",
         "must be from -90"},
        {R"({"kind":"location","location":{"latitude":"1","longitude":0}})", "content.location.latitude",
         "expected a number"},
        {R"({"kind":"location","location":{"latitude":1}})", "content.location.longitude", "is missing"},
        {R"({"kind":"location","location":{"latitude":1,"longitude":0,"name":"{{"}})",
         "content.location.name", "without }}"},
        {R"({"kind":"contacts","contacts":[{"name":{"formatted_name":"{{}}"}}]})",
         "content.contacts.0.name.formatted_name", "without a field"},
        {R"({"kind":"contacts","contacts":[]})", "content.contacts", "1 to 20"},
        {R"({"kind":"contacts","contacts":{}})", "content.contacts", "expected an array"},
        {R"({"kind":"contacts","contacts":[{"phones":[]}]})", "content.contacts.0.name", "is missing"},
        {R"({"kind":"reaction","reaction":{"message_id":"w"}})", "content.reaction.emoji", "is missing"},
        {R"({"kind":"reaction","reaction":{"emoji":"👍"}})", "content.reaction.message_id", "is missing"},
    }));
    CAPTURE(row.json);
    const auto content = parse_content(Json::parse(row.json), "content");
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().code == Code::invalid);
    CHECK(content.error().field == row.field);
    CHECK_THAT(content.error().text, Catch::Contains(row.words));
}

TEST_CASE("at the top of a document the path has no prefix") {
    CHECK(parse_content(Json::parse(R"({"kind":"text","text":""})"), "").error().field == "text");
}

TEST_CASE("limits are exact, and count characters") {
    const auto text = [](const std::string& words) {
        return parse_content(Json{{"kind", "text"}, {"text", words}}, "");
    };
    CHECK(text(times(4096, "😜")).ok());
    CHECK(text(times(4097, "a")).error().text == "has 4097 characters; at most 4096 are allowed");

    CHECK(parse_content(repeat_variables(50), "").ok());
    CHECK(parse_content(repeat_variables(51), "").error().field == "variables");

    const auto caption = [](int length) {
        return parse_content(
            Json{{"kind", "media"},
                 {"media", Json{{"type", "image"}, {"url", "https://a"}, {"caption", times(length, "é")}}}},
            "");
    };
    CHECK(caption(1024).ok());
    CHECK(caption(1025).error().field == "media.caption");
}

TEST_CASE("the whole has a limit too") {
    Json extra = Json::object();
    for (int i = 0; i < 70; ++i) extra.set("field" + std::to_string(i), times(1000, "x"));
    const auto content = parse_content(Json{{"kind", "text"}, {"text", "Hi"}, {"extra", extra}}, "content");
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().code == Code::too_large);
    CHECK(content.error().field == "content");
}

TEST_CASE("what an e-mail cannot have is refused by name") {
    struct Row {
        const char *email, *field;
    };
    const Row rows[] = {
        {R"({})", "content.email.subject"},
        {R"({"subject":" "})", "content.email.subject"},
        {R"({"subject":"a\nBcc: b"})", "content.email.subject"},
        {R"({"subject":"{{name"})", "content.email.subject"},
        {R"({"subject":"S","html":"<p>{{name</p>"})", "content.email.html"},
        {R"({"subject":"S","bcc":"x"})", "content.email.bcc"},
        {R"({"subject":"S","attachments":[]})", "content.email.attachments"},
        {R"({"subject":"S","attachments":[{"type":"a/b","data":"AAAA"}]})",
         "content.email.attachments.0.filename"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"pdf","data":"AAAA"}]})",
         "content.email.attachments.0.type"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"a/b\r\nX: y","data":"AAAA"}]})",
         "content.email.attachments.0.type"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"a/b","data":"A A="}]})",
         "content.email.attachments.0.data"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"a/b"}]})",
         "content.email.attachments.0.url"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"a/b","url":"file:///etc/passwd"}]})",
         "content.email.attachments.0.url"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"a/b","url":"https://x/","data":"AAAA"}]})",
         "content.email.attachments.0.url"},
        {R"({"subject":"S","attachments":[{"filename":"a","type":"a/b","data":"AAAA","cid":"a>b"}]})",
         "content.email.attachments.0.cid"},
    };
    for (const Row& row : rows) {
        INFO(row.email);
        Json json{{"kind", "text"}, {"text", "Hi"}, {"email", Json::parse(row.email)}};
        const auto content = parse_content(json, "content");
        REQUIRE_FALSE(content.ok());
        CHECK(content.error().field == row.field);
    }
}
