// What strangers, beginners and enemies send. Each gets a clear no, nothing is written, the server lives.
#include <fstream>

#include <openssl/hmac.h>

#include "world.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

struct Bad {
    const char* what;
    std::string method, path, body;
    int status;
    std::string field;  // that the problem names; "" when it names none
    Client::Headers headers = {};
};

// Rows of every table that a request could write to.
std::map<std::string, std::int64_t> row_counts(World& world) {
    std::map<std::string, std::int64_t> counts;
    for (const char* table :
         {"tenants",      "api_keys",        "connections",   "contacts",  "contact_tags",
          "suppressions", "imports",         "import_errors", "templates", "template_syncs",
          "campaigns",    "campaign_chunks", "messages",      "outcomes",  "queue",
          "events",       "pending_events",  "inbound_ids",   "webhooks",  "audit_log"})
        counts[table] =
            world.database().session().query("SELECT COUNT(*) FROM " + std::string(table)).front().integer(0);
    return counts;
}

std::string message_to(const std::string& connection, const std::string& content) {
    return R"({"connection":")" + connection + R"(","to":"9812345678","content":)" + content + "}";
}

std::string long_name() {
    std::string name;
    name.resize(20'000'000, 'x');
    return name;
}

std::vector<Bad> bad_people(const std::string& another_id) {
    const std::string deep = std::string(200, '[') + std::string(200, ']');
    return {
        {"no JSON at all", "POST", "/v1/contacts", "phone=9812345678", 400, ""},
        {"JSON that is cut off", "POST", "/v1/contacts", R"({"phone":"98123)", 400, ""},
        {"two documents", "POST", "/v1/contacts", R"({"phone":"9812345678"}{})", 400, ""},
        {"no body", "POST", "/v1/contacts", "", 400, ""},
        {"an array for an object", "POST", "/v1/contacts", "[]", 422, ""},
        {"nested too deep", "POST", "/v1/contacts", deep, 400, ""},
        {"invalid UTF-8", "POST", "/v1/contacts", "{\"phone\":\"9812345678\",\"name\":\"Jos\xe9\"}", 400, ""},
        {"a NUL", "POST", "/v1/contacts", "{\"phone\":\"9812345678\",\"name\":\"a\\u0000b\"}", 400, ""},
        {"a wrong type", "POST", "/v1/contacts", R"({"phone":9812345678})", 422, "phone"},
        {"an unknown field", "POST", "/v1/contacts", R"({"phone":"9812345678","nam":"x"})", 422, "nam"},
        {"no number", "POST", "/v1/contacts", R"({"phone":"call me"})", 422, "phone"},
        {"nobody to reach", "POST", "/v1/contacts", R"({"name":"x"})", 422, "phone"},
        {"a text that is too long", "POST", "/v1/contacts",
         R"({"phone":"9812345678","name":")" + std::string(200, 'x') + "\"}", 422, "name"},
        {"another media type", "POST", "/v1/contacts", "<phone/>", 415, "", {{"Content-Type", "text/xml"}}},
        {"a limit that is no number", "GET", "/v1/contacts?limit=ten", "", 422, "query.limit"},
        {"a limit out of range", "GET", "/v1/contacts?limit=100000", "", 422, "query.limit"},
        {"an unknown parameter", "GET", "/v1/contacts?page=2", "", 422, "query.page"},
        {"a parameter twice", "GET", "/v1/contacts?limit=1&limit=2", "", 422, "query.limit"},
        {"a cursor of one's own", "GET", "/v1/contacts?cursor=AAAA", "", 422, "query.cursor"},
        {"a path that is no UTF-8", "GET", "/v1/contacts/%ff", "", 400, ""},
        {"an unknown route", "GET", "/v1/kontakte", "", 404, ""},
        {"an unknown contact", "GET", "/v1/contacts/cnt_0000000000000", "", 404, "contact"},
        {"an id of another kind", "GET", "/v1/contacts/" + another_id, "", 404, "contact"},
        {"a wrong method", "PUT", "/v1/contacts", "{}", 405, ""},
        {"a suppression without an address", "POST", "/v1/suppressions", R"({"channel":"sms"})", 422,
         "address"},
        {"an unknown channel", "POST", "/v1/suppressions", R"({"channel":"smoke","address":"9812345678"})",
         422, "channel"},
        {"a mapping that is no JSON", "POST", "/v1/imports?mapping=phone", "phone\n9812345678\n", 422,
         "mapping"},
        {"a body of 20 MB", "POST", "/v1/contacts", R"({"phone":"9812345678","name":")" + long_name() + "\"}",
         413, ""},
    };
}

std::vector<Bad> bad_connections() {
    return {
        {"an unknown provider", "POST", "/v1/connections", R"({"provider":"pigeon","settings":{}})", 422,
         "provider"},
        {"settings without what is needed", "POST", "/v1/connections",
         R"({"provider":"meta","settings":{"access_token":"aaaaaaaaaaaaaaaaaaaaaaaa"}})", 422,
         "settings.phone_number_id"},
        {"a setting that is not there", "POST", "/v1/connections",
         R"({"provider":"twilio","settings":{"account_sid":"AC00000000000000000000000000000001","auth_token":"x","colour":"red"}})",
         422, "settings.colour"},
    };
}

std::vector<Bad> bad_messages(const std::string& meta) {
    const std::string one_variable =
        R"({"kind":"template","template":{"name":"order_update","language":"en_US"},"variables":{"1":"Asha"}})";
    return {
        {"a message for nobody", "POST", "/v1/messages",
         R"({"connection":")" + meta + R"(","content":{"kind":"text","text":"Hi"}})", 422, "to"},
        {"an unknown kind", "POST", "/v1/messages", message_to(meta, R"({"kind":"fax"})"), 422,
         "content.kind"},
        {"a broken placeholder", "POST", "/v1/messages",
         message_to(meta, R"({"kind":"text","text":"Hi {{name"})"), 422, "content.text"},
        {"an empty text", "POST", "/v1/messages", message_to(meta, R"({"kind":"text","text":""})"), 422,
         "content.text"},
        {"a latitude on the moon", "POST", "/v1/messages",
         message_to(meta, R"({"kind":"location","location":{"latitude":950,"longitude":1}})"), 422,
         "content.location.latitude"},
        {"a channel that the provider lacks", "POST", "/v1/messages",
         R"({"connection":")" + meta +
             R"(","channel":"sms","to":"9812345678","content":{"kind":"text","text":"Hi"}})",
         422, "channel"},
        {"a template with a missing variable", "POST", "/v1/messages", message_to(meta, one_variable), 422,
         "content.variables.2"},
        {"a template that is paused", "POST", "/v1/messages",
         message_to(meta, R"({"kind":"template","template":{"name":"old_offer","language":"en_US"}})"), 409,
         "content.template.name"},
        {"a template that does not exist", "POST", "/v1/messages",
         message_to(meta, R"({"kind":"template","template":{"name":"nope","language":"en_US"}})"), 404,
         "content.template.name"},
        {"a time that is over", "POST", "/v1/messages",
         R"({"connection":")" + meta +
             R"(","to":"9812345678","expires_at":1000,"content":{"kind":"text","text":"Hi"}})",
         422, "expires_at"},
        {"an Idempotency-Key with spaces",
         "POST",
         "/v1/messages",
         message_to(meta, R"({"kind":"text","text":"Hi"})"),
         422,
         "Idempotency-Key",
         {{"Idempotency-Key", "a b"}}},
    };
}

std::vector<Bad> bad_campaigns(const std::string& meta) {
    const std::string draft =
        R"({"name":"x","connection":")" + meta + R"(","audience":{"all":true},"content":)";
    return {
        {"a campaign for nobody in particular", "POST", "/v1/campaigns",
         R"({"name":"x","connection":")" + meta + R"(","audience":{},"content":{"kind":"text","text":"Hi"}})",
         422, "audience"},
        {"a campaign without content", "POST", "/v1/campaigns", draft + "{}}", 422, "content.kind"},
        {"a negative pace", "POST", "/v1/campaigns",
         draft + R"({"kind":"text","text":"Hi"},"per_second":-1})", 422, "per_second"},
        {"a pace that is a fraction", "POST", "/v1/campaigns",
         draft + R"({"kind":"text","text":"Hi"},"per_second":1.5})", 422, "per_second"},
        {"a pace beyond all integers", "POST", "/v1/campaigns",
         draft + R"({"kind":"text","text":"Hi"},"per_second":99999999999999999999})", 422, "per_second"},
    };
}

void require_problem(const Answer& answer, int status, const std::string& field) {
    INFO(answer.status << ' ' << answer.body.substr(0, 1'000));
    REQUIRE(answer.status == status);
    REQUIRE(answer.type == "application/problem+json");
    const Json problem = answer.json();
    REQUIRE(problem.at("status").integer() == status);
    REQUIRE_FALSE(problem.at("detail").text().empty());
    REQUIRE(problem.value("field", "") == field);
    REQUIRE(problem.at("request_id").text() == answer.header("X-Request-Id"));
}

std::string signature(const std::string& body) {
    const std::string secret = "sim-app-secret";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
    std::string hex = "sha256=";
    for (unsigned int i = 0; i < size; ++i) {
        const unsigned byte = digest[i];
        hex += "0123456789abcdef"[byte >> 4U];
        hex += "0123456789abcdef"[byte & 15U];
    }
    return hex;
}

}  // namespace

TEST_CASE("bad requests are refused with the reason, and change nothing") {
    World world(GENERATE_REF(from_range(dialects())));
    const std::string meta = world.connect("meta");
    world.sync_templates(meta);
    const auto before = row_counts(world);
    for (const auto& requests :
         {bad_people(meta), bad_connections(), bad_messages(meta), bad_campaigns(meta)})
        for (const Bad& bad : requests) {
            INFO(bad.what << ": " << bad.method << ' ' << bad.path);
            require_problem(world.api().ask(bad.method, bad.path, bad.body, bad.headers), bad.status,
                            bad.field);
        }
    REQUIRE(row_counts(world) == before);
    REQUIRE(world.alive());
    world.api().get("/v1/contacts");
    REQUIRE(world.sim().accepted("meta") == 0);
    REQUIRE(world.stop() == 0);
}

TEST_CASE("who may not is told so") {
    World world(GENERATE_REF(from_range(dialects())));
    const Client reader = world.api_as(world.create_key(world.tenant(), "read"));
    require_problem(world.api_as("").ask("GET", "/v1/contacts"), 401, "");
    require_problem(world.api_as("dk_live_" + std::string(43, 'x')).ask("GET", "/v1/contacts"), 401, "");
    require_problem(world.api_as("secret").ask("GET", "/v1/contacts"), 401, "");
    REQUIRE(reader.ask("GET", "/v1/contacts").status == 200);
    const std::string contact = R"({"phone":"9812345678"})";
    require_problem(reader.ask("POST", "/v1/contacts", contact), 403, "");
    require_problem(reader.ask("POST", "/v1/connections", "{}"), 403, "");
    REQUIRE(world.api().get("/v1/contacts").at("items").empty());
}

TEST_CASE("a customer file with a broken quote says in which line") {
    World world(GENERATE_REF(from_range(dialects())));
    const Json job = world.import("phone,name\n9812345678,Asha\n9812345679,\"Ravi\n9812345680,Meera\n");
    INFO(job.dump());
    REQUIRE(job.at("state").text() == "failed");
    REQUIRE(job.at("error").text().find("line 3") != std::string::npos);
    require_problem(world.api().ask("POST", "/v1/imports", ""), 422, "");
    for (const char* file : {"name\nAsha\n", "\xff\xfe\x31"}) {
        const Json failed = world.import(file);
        INFO(failed.dump());
        REQUIRE(failed.at("state").text() == "failed");
        REQUIRE_FALSE(failed.at("error").text().empty());
    }
}

TEST_CASE("a webhook with one wrong byte in its signature is not believed, and not stored") {
    World world(GENERATE_REF(from_range(dialects())));
    const std::string meta = world.connect("meta");
    const std::string path = "/webhooks/meta/" + meta;
    const std::string body = R"({"object":"whatsapp_business_account","entry":[]})";
    const std::string right = signature(body);
    const auto stored = [&] {
        return world.database().session().query("SELECT COUNT(*) FROM webhooks").front().integer(0);
    };
    std::string flipped = right;
    flipped.back() = flipped.back() == '0' ? '1' : '0';
    const auto deliver = [&](const std::string& with) {
        Client::Headers headers;
        if (!with.empty()) headers.emplace_back("X-Hub-Signature-256", with);
        return world.api_as("").ask("POST", path, body, headers).status;
    };
    REQUIRE(deliver(flipped) == 401);
    REQUIRE(deliver("") == 401);
    REQUIRE(deliver(right.substr(0, right.size() - 2)) == 401);
    REQUIRE(stored() == 0);
    REQUIRE(deliver(right) == 200);
    REQUIRE(stored() == 1);
    REQUIRE(world.api_as("").ask("POST", "/webhooks/meta/con_0000000000000", body).status == 404);
    REQUIRE(world.api_as("").ask("POST", "/webhooks/twilio/" + meta, body).status == 404);

    world.sim().control().post("/handshake");
    wait_until("Meta's handshake", 10s, [&] {
        const Json handshake = world.sim().control().get("/webhooks").at("handshake");
        return handshake.value("ok", false);
    });
}

TEST_CASE("a file that is no plugin is named in the log, and the server serves") {
    const Folder plugins;
    std::ofstream(plugins.path() / "x.so") << "I am a letter, not a library.\n";
    Setup setup;
    setup.settings["plugins.path"] = std::string(PLUGIN_FOLDER) + ":" + plugins.path().string();
    World world(Dialect::sqlite, setup);
    REQUIRE(world.log().find((plugins.path() / "x.so").string()) != std::string::npos);
    std::size_t loaded = 0;
    for (const Json& provider : world.api().get("/v1/providers").at("items")) {
        REQUIRE(provider.at("id").text() != "x");
        ++loaded;
    }
    REQUIRE(loaded >= 3);
}
