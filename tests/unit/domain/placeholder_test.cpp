#include "domain/placeholder.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::domain;

namespace {

const Json attributes{{"order", "A-17"}, {"points", 120},   {"vip", true},
                      {"empty", "  "},   {"none", nullptr}, {"list", Json::array({1})},
                      {"शहर", "पुणे"}};

Person asha() { return {" Asha Rao ", "+919812345678", "asha@example.com", &attributes}; }

Content text(std::string words) {
    Content content;
    content.kind = "text";
    content.text = std::move(words);
    return content;
}

// What a person reads, as the engines do it: resolve, then render.
std::string shown(const std::string& pattern, const Person& person) {
    const auto params = resolve(text(pattern), person);
    return params.ok() ? render_text(pattern, *params) : "missing: " + params.error().field;
}

}  // namespace

TEST_CASE("placeholders are filled") {
    struct Row {
        std::string pattern, shown;
    };
    const auto row = GENERATE(values<Row>({
        {"plain", "plain"},
        {"Hi {{name}}!", "Hi Asha Rao!"},
        {"Hi {{ first_name }}!", "Hi Asha!"},
        {"{{phone}}{{email}}", "+919812345678asha@example.com"},
        {"Order {{order}}: {{points}} points, {{vip}}", "Order A-17: 120 points, true"},
        {"{{शहर}}", "पुणे"},
        {"{{nickname|friend}}", "friend"},
        {"{{nickname | dear friend }}", "dear friend"},
        {"{{nickname|a|b}}", "a|b"},
        {"{{nickname|friend}} or {{nickname|pal}}", "friend or pal"},
        {"{{name|there}}", "Asha Rao"},
        {"{{empty|x}} {{none|y}} {{list|z}}", "x y z"},
        {"{one} brace } is { fine", "{one} brace } is { fine"},
        {"{{nickname}}", "missing: nickname"},
        {"{{empty}}", "missing: empty"},
        {"{{none}}", "missing: none"},
        {"{{list}}", "missing: list"},
        {"{{nickname|friend}} and {{nickname}}", "missing: nickname"},
    }));
    CAPTURE(row.pattern);
    REQUIRE(check_placeholders(row.pattern, "text").ok());
    CHECK(shown(row.pattern, asha()) == row.shown);
}

TEST_CASE("a person of whom nothing is known gets fallbacks or is skipped") {
    CHECK(shown("{{name|there}}", {}) == "there");
    for (const std::string field : {"name", "first_name", "phone", "email", "order"})
        CHECK(shown("{{" + field + "}}", {}) == "missing: " + field);
}

TEST_CASE("a value is never read as a pattern") {
    const Json tricky{{"order", "{{phone}}"}};
    CHECK(shown("Order {{order}}", {"Asha", "+91", "", &tricky}) == "Order {{phone}}");
}

TEST_CASE("broken placeholders are refused") {
    struct Row {
        std::string text, words;
    };
    const auto row = GENERATE(values<Row>({
        {"{{name", "without }}"},
        {"a {{name}} {{", "without }}"},
        {"name}}", "without {{"},
        {"{name}}", "without {{"},
        {"{{name}} }}", "without {{"},
        {"{{}}", "without a field"},
        {"{{ | there}}", "without a field"},
        {"{{name|}}", "empty fallback"},
        {"{{name| }}", "empty fallback"},
        {"{{{name}}}", "brace inside"},
        {"{{a {{name}}", "brace inside"},
        {"{{" + std::string(65, 'x') + "}}", "over 64 bytes"},
    }));
    CAPTURE(row.text);
    const auto checked = check_placeholders(row.text, "content.text");
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().field == "content.text");
    CHECK_THAT(checked.error().text, Catch::Contains(row.words));
}

TEST_CASE("params of a text hold what was used and nothing else") {
    const auto params = resolve(text("{{name}} {{order}} {{order}} {{nickname|friend}}"), asha());
    REQUIRE(params.ok());
    CHECK(params->dump() == R"({"name":"Asha Rao","order":"A-17"})");
}

TEST_CASE("values that no column could hold are refused") {
    const auto resolved = [](std::size_t bytes) {
        const std::string value(bytes, 'x');
        const Json big{{"bio", value}};
        return resolve(text("{{bio}}"), {"", "", "", &big});
    };
    CHECK(resolved(50'000).ok());
    REQUIRE_FALSE(resolved(60'000).ok());
    CHECK(resolved(60'000).error().code == Code::too_large);
}

TEST_CASE("params of a template are its variables with their final text") {
    Content content;
    content.kind = "template";
    content.variables = {{"1", "{{first_name|there}}"}, {"2", "No. {{order}}"}, {"button.0", "fixed"}};
    const auto params = resolve(content, asha());
    REQUIRE(params.ok());
    CHECK(params->dump() == R"({"1":"Asha","2":"No. A-17","button.0":"fixed"})");
    CHECK(render_text("Hi {{1}}, {{2}} is ready", *params) == "Hi Asha, No. A-17 is ready");

    const auto refused = resolve(content, Person{});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Code::invalid);
    CHECK(refused.error().field == "order");
    CHECK_THAT(refused.error().text, Catch::Contains("{{order}}"));
}

TEST_CASE("locations and contact cards are personal too") {
    Content place;
    place.kind = "location";
    place.location = Json{{"latitude", 1.5}, {"longitude", 2.5}, {"name", "{{order}}"}};
    CHECK(resolve(place, asha())->dump() == R"({"order":"A-17"})");
    Content cards;
    cards.kind = "contacts";
    cards.contacts = Json::array({Json{{"name", Json{{"formatted_name", "{{nickname}}"}}}}});
    CHECK(resolve(cards, asha()).error().field == "nickname");
}

TEST_CASE("media and interactive content is personal too") {
    Content content;
    content.kind = "interactive";
    content.interactive = Json::parse(
        R"({"type":"button","body":{"text":"Hi {{name}}"},"rows":["{{order}}",7,null,"{{nickname|you}}"]})");
    const auto params = resolve(content, asha());
    REQUIRE(params.ok());
    CHECK(params->dump() == R"({"name":"Asha Rao","order":"A-17"})");
    CHECK(render_json(content.interactive, *params).dump() ==
          R"({"type":"button","body":{"text":"Hi Asha Rao"},"rows":["A-17",7,null,"you"]})");

    Content media;
    media.kind = "media";
    media.media = Json{{"type", "image"}, {"url", "https://a"}, {"caption", "{{nickname}}"}};
    CHECK(resolve(media, asha()).error().field == "nickname");
}

TEST_CASE("a field that the params do not have stays as written") {
    CHECK(render_text("Hi {{1}} and {{2}}", Json{{"1", "Asha"}}) == "Hi Asha and {{2}}");
    CHECK(render_text("broken {{1", Json{{"1", "Asha"}}) == "broken {{1");
    CHECK(render_text("{{1}}", Json()) == "{{1}}");
}

TEST_CASE("the fields of a text") {
    CHECK(placeholder_fields("{{1}} {{name|x}} {{1}} }} {{}} {{last") ==
          std::vector<std::string>{"1", "name"});
    CHECK(placeholder_fields("none").empty());
}

TEST_CASE("an e-mail is filled: text in the HTML is escaped, the subject stays one line") {
    const Json email = Json::parse(
        R"({"subject":"For {{name|you}}","html":"<style>a{b{c:d}}</style><p>{{name|you}} {{gone|<i>}}</p>",
            "attachments":[{"filename":"{{order}}.pdf","type":"application/pdf","url":"https://x.example/{{order}}"}]})");
    const Json params{{"name", "A & <b>\nB"}, {"order", "47"}};
    const Json filled = render_email(email, params);
    CHECK(filled.at("subject").text() == "For A & <b> B");
    CHECK(filled.at("html").text() == "<style>a{b{c:d}}</style><p>A &amp; &lt;b&gt;\nB &lt;i&gt;</p>");
    CHECK(filled["attachments"].items()[0].at("url").text() == "https://x.example/47");
    CHECK(filled["attachments"].items()[0].at("filename").text() == "47.pdf");
}

TEST_CASE("whoever has no value for an e-mail's placeholder is skipped") {
    Content content;
    content.kind = "text";
    content.text = "Hi";
    content.email = Json{{"subject", "{{order}}"}};
    const auto params = resolve(content, Person{});
    REQUIRE_FALSE(params.ok());
    CHECK(params.error().field == "order");
}
