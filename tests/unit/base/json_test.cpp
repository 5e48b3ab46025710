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
