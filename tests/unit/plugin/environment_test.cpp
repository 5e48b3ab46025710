#include "plugin/environment.hpp"

#include <catch2/catch.hpp>

#include "dakiya/json.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

using Names = std::vector<std::string>;

Manifest acme() {
    Manifest manifest;
    manifest.id = "acme";
    manifest.hosts = {"api.acme.example", "${base_url}"};
    manifest.settings = Json::parse(R"({"type": "object", "required": ["key", "account"], "properties": {
        "key": {"type": "string", "x-secret": true, "minLength": 8, "x-env": "ACME_KEY"},
        "account": {"type": "string", "x-env": "ACME_ACCOUNT"},
        "base_url": {"type": "string", "default": "https://api.acme.example"},
        "sender": {"type": "string"}}})");
    return manifest;
}

const std::map<std::string, std::string> variables{
    {"ACME_KEY", "operator-key"}, {"ACME_ACCOUNT", ""}, {"SENDER", "x"}};

}  // namespace

TEST_CASE("a setting that is left out takes the operator's variable, where the operator said so") {
    const Manifest manifest = acme();
    const Json none = Json::object();
    CHECK(Environment().fields(manifest, none).empty());
    CHECK(Environment({"other"}, variables).fields(manifest, none).empty());
    for (const char* listed : {"acme", "*"}) {
        const Environment environment({"other", listed}, variables);
        // Empty counts as not set, and a field without x-env takes nothing.
        CHECK(environment.fields(manifest, none) == Names{"key"});
        CHECK(*environment.filled(manifest, none) == Json{{"key", "operator-key"}});
        CHECK(*environment.filled(manifest, Json{{"key", "our-own-key"}}) == Json{{"key", "our-own-key"}});
    }
}

TEST_CASE("the operator's secret does not go to a host that a tenant names") {
    const Environment environment({"acme"}, {{"ACME_KEY", "operator-key"}, {"ACME_ACCOUNT", "A1"}});
    const Manifest manifest = acme();
    CHECK(environment.fields(manifest, Json{{"base_url", "https://thief.example"}}) == Names{"account"});
    CHECK(environment.fields(manifest, Json{{"base_url", "https://api.acme.example"}}) ==
          Names{"key", "account"});
}

TEST_CASE("a variable that does not suit its field is the operator's fault, and is not quoted") {
    const Environment environment({"acme"}, {{"ACME_KEY", "short"}});
    const auto filled = environment.filled(acme(), Json::object());
    REQUIRE_FALSE(filled);
    CHECK(filled.error().code == Code::unavailable);
    CHECK(filled.error().field == "settings.key");
    CHECK(filled.error().text.find("ACME_KEY") != std::string::npos);
    CHECK(filled.error().text.find("short") == std::string::npos);
    CHECK(environment.filled(acme(), Json{{"key", "our-own-key"}}));
}

TEST_CASE("the form says that a field has a value, not which") {
    const Json form = Environment({"acme"}, variables).form(acme());
    CHECK(form.at("required") == Json::array({"account"}));
    CHECK(form.at("properties").at("key").at("x-operator") == Json(true));
    CHECK_FALSE(form.at("properties").at("account").contains("x-operator"));
    CHECK(form.dump().find("operator-key") == std::string::npos);
}
