#include <catch2/catch.hpp>

#include "dakiya/json.hpp"

using dakiya::Json;

namespace {

Json document() { return Json::parse(R"({"secrets":{"a":"1","b":"2"},"list":["x","y"]})"); }

}  // namespace

// A range-for keeps only the last value of its expression alive: parts of a temporary must be values.
TEST_CASE("the parts of a temporary outlive it") {
    std::string seen;
    for (const auto& [name, value] : document().at("secrets").members()) seen += name + value.text();
    for (const Json& item : document()["list"].items()) seen += item.text();
    const std::string& text = document().at("list").at(1).text();
    CHECK(seen == "a1b2xy");
    CHECK(text == "y");
    static_assert(!std::is_reference_v<decltype(document().members())>);
    static_assert(!std::is_reference_v<decltype(document().at("list"))>);
    static_assert(!std::is_reference_v<decltype(document()["list"])>);
    CHECK(document()["missing"].is_null());
    CHECK_THROWS_AS(document().at("missing"), dakiya::JsonError);
}

TEST_CASE("the parts of a named value are references to it") {
    Json json = document();
    json.members().front().second.set("a", "changed");
    CHECK(json.at("secrets").at("a").text() == "changed");
    CHECK(&json.at("list") == json.find("list"));
}

// Where the members move because there is no room for one more, the key must have been read before.
TEST_CASE("a key may be a text of the object that gets it") {
    Json json{{"0", "1"}};
    for (int i = 2; i < 40; ++i)
        json.set(json.members().back().second.text(), std::to_string(i) + std::string(i % 2 * 40U, ' '));
    int place = 0;
    for (const auto& [key, value] : json.members()) CHECK(std::stoi(key) == place++);
    CHECK(place == 39);
}

TEST_CASE("what is no JSON or no text is refused with its place") {
    struct Case {
        std::string text, said;
    };
    const Case cases[] = {{R"({"a":1)", "not JSON at byte 6"},
                          {R"(["x"] y)", "not JSON at byte 6"},
                          {"[\"abc\xFF\"]", "not JSON at byte 5: not UTF-8."},
                          {std::string("[1,\0]", 5), "not JSON at byte 3: a NUL character."},
                          {R"(["\udc00"])", "half of a surrogate pair"},
                          {R"({"\udc00":1})", "half of a surrogate pair"},
                          {R"(["\ud800x"])", "not JSON at byte"},
                          {std::string(65, '[') + std::string(65, ']'), "deeper than 64 levels"}};
    for (const Case& one : cases) {
        INFO(one.text);
        CHECK_THROWS_WITH(Json::parse(one.text), Catch::Matchers::Contains(one.said));
    }
    CHECK_NOTHROW(Json::parse(std::string(64, '[') + std::string(64, ']')));
}

// The parser walks 16 bytes at a time: every length and place has to come out whole.
TEST_CASE("texts of every length survive parsing and writing") {
    Json list = Json::array();
    for (std::size_t size = 0; size < 70; ++size) {
        list.push_back(std::string(size, 'x'));
        list.push_back(std::string(size, 'x') + "\n\"\\é😀\x01");
        list.push_back(Json{{std::string(size, 'k'), nullptr}, {"n", Json::array({1, -2, 1.5, true})}});
    }
    const std::string text = list.dump();
    CHECK(Json::parse(text) == list);
    CHECK(Json::parse("  \n\t " + text + std::string(40, ' ')) == list);
    CHECK(Json::parse(R"(["\u00e9\ud83d\ude00\/"])") == Json::array({"é😀/"}));
}

TEST_CASE("of two equal keys the last one counts") {
    CHECK(Json::parse(R"({"a":1,"b":2,"a":3})").at("a") == Json(3));
    CHECK(Json{{"a", 1}, {"a", 2}} == Json{{"a", 2}});
}
