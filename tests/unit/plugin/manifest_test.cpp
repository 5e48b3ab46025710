#include "plugin/manifest.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "json_words.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

const Json acme = Json::parse(R"({
  "id": "acme", "name": "Acme", "version": "1.2.0", "abi": "1.0", "vendor": "Acme Ltd",
  "docs": "https://acme.example/docs", "icon": "acme.svg", "a_word_of_tomorrow": [1],
  "channels": ["sms", "whatsapp"],
  "hosts": ["api.acme.example", "*.media.acme.example", "${base_url}"],
  "requires": ["http"],
  "ops": {"send": {"kinds": ["text", "media"], "batch": {"max": 100, "results": "one"}, "echo": ["ref"]},
          "check": {}, "settle": {"after_s": 90}, "status": {"max": 14}},
  "limits": [{"key": "default", "per_second": 20}, {"key": "send", "scope": "sender", "per_second": 0.5}],
  "webhook": {"events": ["status", "inbound"], "auth": "signature", "help": "Paste this address."},
  "settings": {"version": 1, "type": "object", "required": ["api_key"], "properties": {
    "api_key": {"type": "string", "x-secret": true},
    "port": {"type": "integer"},
    "base_url": {"type": "string", "format": "uri"}}},
  "message": {"type": "object", "properties": {"dlt_template_id": {"type": "string"}}}})");

// acme with one member replaced, or without it when the value is null.
std::string with(std::string_view key, const Json& value) {
    Json changed = acme;
    if (value.is_null())
        changed.erase(key);
    else
        changed.set(key, value);
    return changed.dump();
}

}  // namespace

TEST_CASE("a manifest is read whole") {
    const Result<Manifest> parsed = parse_manifest(acme.dump());
    REQUIRE(parsed.ok());
    const Manifest& m = *parsed;
    CHECK(m.id == "acme");
    CHECK(m.version == "1.2.0");
    CHECK(m.channels == std::vector<std::string>{"sms", "whatsapp"});
    CHECK(m.kinds == std::vector<std::string>{"text", "media"});
    REQUIRE(m.batch);
    CHECK(m.batch->max == 100);
    CHECK_FALSE(m.batch->personal);
    CHECK(m.batch->results == "one");
    CHECK(m.echoes_ref);
    CHECK_FALSE(m.idempotent);
    CHECK(m.settle_after_s == 90);
    CHECK(m.status_ids == 14);
    CHECK(m.has_op("check"));
    CHECK_FALSE(m.has_op("templates.list"));
    REQUIRE(m.limits.size() == 2);
    CHECK(m.limits[1].scope == "sender");
    CHECK(m.limits[1].per_second == 0.5);
    CHECK(m.has_webhook);
    CHECK(m.webhook_auth == "signature");
    CHECK_FALSE(m.http);
    CHECK(m.settings == acme.at("settings"));
    CHECK(m.message == acme.at("message"));
    CHECK(m.raw == acme);
    CHECK(check_supported(m).ok());
}

TEST_CASE("each fault of a manifest has its sentence") {
    struct Case {
        std::string text, sentence;
    };
    const Case cases[] = {
        {"id: acme", "the manifest cannot be read: not JSON at byte 0: Invalid value."},
        {"[]", "the manifest must be an object, found array"},
        {with("id", nullptr), "the manifest is wrong: id is missing"},
        {with("id", "Acme!"), "the manifest is wrong: id must match ^[a-z][a-z0-9_-]{0,31}$"},
        {with("version", "1"),
         "the manifest is wrong: version must match ^[0-9]+[.][0-9]+[.][0-9]+([-+][0-9A-Za-z.+-]+)?$"},
        {with("abi", 1.0), "the manifest is wrong: abi must be text, found number"},
        {with("channels", Json::array()), "the manifest is wrong: channels must not be empty"},
        {with("hosts", nullptr),
         "the manifest is wrong: hosts is empty though requires has \"http\": name the hosts that it calls"},
        {with("hosts", Json::array({"https://a.example"})),
         "the manifest is wrong: hosts has \"https://a.example\": write a host name in lower case, "
         "*.domain.tld or ${setting}"},
        {with("hosts", Json::array({"*.com"})),
         "the manifest is wrong: hosts has \"*.com\": write a host name in lower case, *.domain.tld or "
         "${setting}"},
        {with("hosts", Json::array({"${nowhere}"})),
         "the manifest is wrong: hosts has \"${nowhere}\", which is not a text among the settings"},
        {with("hosts", Json::array({"${port}"})),
         "the manifest is wrong: hosts has \"${port}\", which is not a text among the settings"},
        {with("ops", Json{{"send", Json::object()}}), "the manifest is wrong: ops.send.kinds is missing"},
        {with("ops", Json{{"send", Json{{"kinds", Json::array({"smoke"})}}}}),
         "the manifest is wrong: ops.send.kinds[0] must be one of: text, template, media, interactive, "
         "location, contacts, reaction"},
        {with("ops", Json{{"check", true}}),
         "the manifest is wrong: ops.check must be an object, found true or false"},
        {with("limits", Json::array({Json{{"key", "send"}, {"per_second", 0}}})),
         "the manifest is wrong: limits[0].per_second must be at least 0.000001"},
        {with("webhook", Json::object()), "the manifest is wrong: webhook.auth is missing"},
        {with("settings", Json{{"type", "object"}, {"additionalProprties", false}}),
         "the manifest is wrong: in settings: additionalProprties is not a keyword that this server knows"},
        {with("settings", Json{{"type", "string"}}), "the manifest is wrong: settings must have type object"},
        {with("message", Json{{"type", "object"}, {"required", Json::array({"x"})}}),
         "the manifest is wrong: in message: required names \"x\", which is not among the properties"},
        {std::string(300'000, ' '), "the manifest has more than 262144 bytes"},
    };
    for (const Case& one : cases) {
        const Result<Manifest> parsed = parse_manifest(one.text);
        INFO(one.sentence);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().text == one.sentence);
    }
}

TEST_CASE("certainty is derived from what the provider can do") {
    const auto certainty = [](const char* send, bool settle) {
        Json ops{{"send", Json::parse(send)}};
        if (settle) ops.set("settle", Json::object());
        return to_string(parse_manifest(with("ops", ops))->certainty());
    };
    CHECK(certainty(R"({"kinds":["text"],"idempotent":true,"echo":["ref"]})", true) == "idempotent");
    CHECK(certainty(R"({"kinds":["text"],"echo":["ref"]})", true) == "correlating");
    CHECK(certainty(R"({"kinds":["text"]})", true) == "queryable");
    CHECK(certainty(R"({"kinds":["text"]})", false) == "blind");
}

TEST_CASE("what names a business, and its limit, are settings that exist") {
    const auto refused = [](const char* account, const char* limit) {
        const Result<Manifest> m = parse_manifest(
            with("people", Json{{"channel", "sms"}, {"account", Json::array({account})}, {"limit", limit}}));
        return m.ok() ? std::string() : m.error().field;
    };
    const std::string known =
        parse_manifest(with("name", "Acme"))->settings["properties"].members().front().first;
    CHECK(refused(known.c_str(), known.c_str()).empty());
    CHECK(refused("nobody", known.c_str()) == "people");
    CHECK(refused(known.c_str(), "nobody") == "people");
}

TEST_CASE("a batch may be for some channels or kinds, and for one kind of connection") {
    const auto send_with = [](const Json& batch) {
        return with("ops", Json{{"send", Json{{"kinds", Json::array({"text"})}, {"batch", batch}}}});
    };
    const auto max_for = [&](const Json& batch, std::string_view channel, const Json& settings,
                             std::string_view kind = "text") {
        const Result<Manifest> m = parse_manifest(send_with(batch));
        REQUIRE(m.ok());
        const Batch* found = m->batch_for(channel, kind, settings);
        return found ? found->max : 1;
    };
    const Json any{{"max", 50}};
    CHECK(max_for(any, "sms", Json::object()) == 50);
    CHECK(max_for(any, "whatsapp", Json::object()) == 50);

    const Json sms{{"max", 50}, {"channels", Json::array({"sms"})}};
    CHECK(max_for(sms, "sms", Json::object()) == 50);
    CHECK(max_for(sms, "whatsapp", Json::object()) == 1);

    const Json texts{{"max", 50}, {"kinds", Json::array({"text"})}};
    CHECK(max_for(texts, "sms", Json::object()) == 50);
    CHECK(max_for(texts, "sms", Json::object(), "media") == 1);

    const Json newest{{"max", 50}, {"when", Json{{"port", 2}}}};
    CHECK(max_for(newest, "sms", Json{{"port", 2}}) == 50);
    CHECK(max_for(newest, "sms", Json{{"port", 1}}) == 1);
    CHECK(max_for(newest, "sms", Json::object()) == 1);

    const auto refused = [&](const Json& batch) {
        const Result<Manifest> m = parse_manifest(send_with(batch));
        return m.ok() ? std::string() : m.error().field;
    };
    CHECK(refused({{"max", 50}, {"channels", Json::array({"email"})}}) == "ops.send.batch.channels");
    CHECK(refused({{"max", 50}, {"kinds", Json::array({"template"})}}) == "ops.send.batch.kinds");
    CHECK(refused({{"max", 50}, {"when", Json{{"prot", 2}}}}) == "ops.send.batch.when");
}

TEST_CASE("only the named hosts are allowed") {
    const Manifest m = *parse_manifest(acme.dump());
    const Json open{{"base_url", "https://Tenant.example:8443/api"}, {"api_key", "k"}};
    struct Case {
        const char* host;
        bool allowed;
    };
    const Case cases[] = {{"api.acme.example", true},
                          {"x.api.acme.example", false},
                          {"acme.example", false},
                          {"eu.media.acme.example", true},
                          {"a.b.media.acme.example", true},
                          {"media.acme.example", false},
                          {"evilmedia.acme.example", false},
                          {"tenant.example", true},
                          {"${base_url}", false},
                          {"", false}};
    for (const Case& one : cases) {
        INFO(one.host);
        CHECK(m.allows_host(one.host, open) == one.allowed);
    }
    CHECK_FALSE(m.allows_host("tenant.example", Json::object()));
    CHECK_FALSE(m.allows_host("", Json{{"base_url", ""}}));
    CHECK(host_settings(m, open) == Json{{"base_url", "https://Tenant.example:8443/api"}});
}

TEST_CASE("a manifest that asks for more than this server has is not supported") {
    const auto refusal = [](std::string_view key, const Json& value) {
        return check_supported(*parse_manifest(with(key, value))).error();
    };
    CHECK(refusal("abi", "1.7").text ==
          "it needs plugin ABI 1.7 and this server has 1.0: update the server, or use an older release of "
          "the plugin");
    CHECK(refusal("abi", "2.0").code == Code::unsupported);
    CHECK(refusal("requires", Json::array({"http", "stream/1"})).text ==
          "it requires \"stream/1\", which this server does not have: update the server");
    CHECK(check_supported(*parse_manifest(with("requires", Json::array({"http", "wait/1", "mail/1"})))).ok());
}

TEST_CASE("the manifests of our own providers are sound and supported") {
    std::size_t count = 0;
    for (const auto& folder : std::filesystem::directory_iterator(PROVIDERS_FOLDER)) {
        std::ifstream file(folder.path() / "manifest.json");
        if (!file) continue;
        std::ostringstream text;
        text << file.rdbuf();
        const Result<Manifest> manifest = parse_manifest(text.str());
        INFO(folder.path().string() << ": " << (manifest.ok() ? "" : manifest.error().text));
        REQUIRE(manifest.ok());
        CHECK(manifest->id == folder.path().filename().string());
        CHECK(check_supported(*manifest).ok());
        ++count;
    }
    CHECK(count > 0);
}
