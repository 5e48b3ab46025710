// The resources through their public door: requests in, answers out, rows in a real database.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "store/audit.hpp"
#include "store/chunks.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::World;

TEST_CASE("providers: list and manifest") {
    World world;
    const auto list = world.ask("GET", "/v1/providers");
    CHECK(list.json.at("items").at(0).at("id").text() == "crowd");
    CHECK_FALSE(list.json.at("items").at(0).at("template_files").boolean());
    CHECK(world.ask("GET", "/v1/providers/crowd").json.at("settings").contains("properties"));
    CHECK(world.ask("GET", "/v1/providers/nobody").status == 404);
}

TEST_CASE("a connection's secret goes in, never comes out, and survives what does not name it") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string id = world.new_connection();
    const std::string path = "/v1/connections/" + id;
    const auto stored = [&] {
        return *world.database.database().read([&](store::Session& session) {
            return store::connections::find(session, world.shop.scope, *parse_id(prefix::connection, id));
        });
    };
    const auto read = world.ask("GET", path);
    CHECK(read.json.at("settings").at("key") == Json{{"set", true}});
    CHECK(read.json.at("settings").at("region").text() == "in");  // the schema's default
    CHECK(read.json.at("webhook_url").text() == "https://api.example/webhooks/crowd/" + id);
    const std::vector<Header> reader = {
        {"authorization", "Bearer " + world.new_key(world.shop.scope, "read")}};
    CHECK_FALSE(world.ask("GET", path, "", reader).json.contains("webhook_url"));
    for (const auto& answer :
         {read, world.ask("GET", "/v1/connections"), world.ask("PATCH", path, R"({"name":"A"})")})
        CHECK(answer.response.body.find("s3cret-value") == std::string::npos);
    CHECK(stored().settings.find("s3cret-value") == std::string::npos);
    CHECK(stored().secrets.find("s3cret-value") == std::string::npos);

    const auto clear = [&] {
        const auto row = stored();
        const Json sealed = Json::parse(row.secrets)["key"];
        if (sealed.is_null()) return std::string();
        return *world.vault.open({row.tenant, "connections", "key", row.id}, sealed.text());
    };
    CHECK(clear() == "s3cret-value");
    CHECK(world.ask("PATCH", path, R"({"settings":{"region":"eu"}})").status == 200);
    CHECK(clear() == "s3cret-value");
    CHECK(world.ask("PATCH", path, R"({"settings":{"key":"another"}})").status == 200);
    CHECK(clear() == "another");
    const auto cleared = world.ask("PATCH", path, R"({"settings":{"key":null}})");
    CHECK(cleared.json.at("settings").at("key") == Json{{"set", false}});
    CHECK(cleared.json.at("settings").at("region").text() == "eu");
    CHECK(clear().empty());
    CHECK(world.send.changed.size() == 4);

    CHECK(world.ask("POST", path + "/test").json.at("ok").boolean());
    CHECK(world.ask("POST", path + "/sync-templates").status == 202);
    CHECK(world.send.synced == 1);
    CHECK(world.ask("DELETE", path).status == 204);
    CHECK(world.ask("GET", path).status == 404);

    const auto audit = world.database.database().read(
        [&](store::Session& session) { return store::audit::list(session, world.shop.scope, 0, 10); });
    REQUIRE(audit.size() == 6);
    CHECK(audit.front().action == "connection.delete");
    CHECK(audit.front().subject == id);
    CHECK(audit.front().peer == "192.0.2.1");
}

TEST_CASE("wrong settings are refused by the provider's schema, field by field") {
    World world;
    const auto refused =
        world.ask("POST", "/v1/connections",
                  R"({"provider":"crowd","settings":{"key":5,"regoin":"in","base_url":"not a url"}})");
    CHECK(refused.status == 422);
    std::set<std::string> fields;
    for (const Json& error : refused.json.at("errors")) fields.insert(error.at("field").text());
    CHECK(fields == std::set<std::string>{"settings.key", "settings.regoin", "settings.base_url"});
    CHECK(world.ask("POST", "/v1/connections", R"({"provider":"nobody"})").json.at("field").text() ==
          "provider");
    CHECK(world.ask("GET", "/v1/connections").json.at("items").empty());
}

TEST_CASE("contacts: one spelling, one person, changes field by field") {
    World world(GENERATE(from_range(store::dialects())));
    const auto created = world.ask(
        "POST", "/v1/contacts",
        R"({"phone":"098123 45678","email":"A@EXAMPLE.com","name":"आशा","attributes":{"city":"Pune","age":"30"},"tags":["b","a","b"]})");
    REQUIRE(created.status == 201);
    CHECK(created.json.at("phone").text() == "+919812345678");
    CHECK(created.json.at("email").text() == "A@example.com");
    CHECK(created.json.at("tags") == Json::array({"a", "b"}));
    const std::string path = "/v1/contacts/" + created.json.at("id").text();
    CHECK(world.ask("GET", path).json == created.json);

    const auto clash = world.ask("POST", "/v1/contacts", R"({"phone":"+91 98123 45678"})");
    CHECK(clash.status == 409);
    CHECK(clash.json.at("field").text() == "phone");

    const auto changed =
        world.ask("PATCH", path, R"({"email":null,"attributes":{"city":null,"job":"x"},"tags":["c"]})");
    CHECK(changed.status == 200);
    CHECK(changed.json.at("email").is_null());
    CHECK(changed.json.at("attributes") == Json{{"age", "30"}, {"job", "x"}});
    CHECK(world.ask("PATCH", path, R"({"phone":null})").status == 422);
    CHECK(world.ask("GET", "/v1/contacts?phone=%2B919812345678").json.at("items").size() == 1);
    CHECK(world.ask("GET", "/v1/contacts?tag=c").json.at("items").size() == 1);
    CHECK(world.ask("GET", "/v1/contacts?tag=a").json.at("items").empty());

    struct Case {
        const char* body;
        const char* field;
    };
    for (const Case& c :
         {Case{R"({"phone":"12"})", "phone"}, Case{R"({"email":"x"})", "email"},
          Case{R"({"name":"x"})", "phone"}, Case{R"({"phone":"9812345670","tags":["a,b"]})", "tags"},
          Case{R"({"phone":"9812345670","attributes":{"a":1}})", "attributes.a"},
          Case{R"({"phone":"9812345670","attributes":{"a{":"1"}})", "attributes.a{"}}) {
        const auto refused = world.ask("POST", "/v1/contacts", c.body);
        CHECK(refused.status == 422);
        CHECK(refused.json.at("field").text() == c.field);
    }
    CHECK(world.ask("GET", "/v1/contacts").json.at("items").size() == 1);
    CHECK(world.ask("DELETE", path).status == 204);
    CHECK(world.ask("DELETE", path).status == 404);
}

TEST_CASE("lists go page by page to their end, each item once") {
    World world;
    for (int i = 0; i < 7; ++i) world.new_contact("+91981234567" + std::to_string(i));
    std::set<std::string> seen;
    std::string cursor;
    int pages = 0;
    for (bool more = true; more; ++pages) {
        const auto page = world.ask("GET", "/v1/contacts?limit=3" + cursor);
        REQUIRE(page.status == 200);
        for (const Json& item : page.json.at("items")) CHECK(seen.insert(item.at("id").text()).second);
        more = !page.json.at("next").is_null();
        if (more) cursor = "&cursor=" + page.json.at("next").text();
    }
    CHECK(pages == 3);
    CHECK(seen.size() == 7);
    CHECK(world.ask("GET", "/v1/contacts?cursor=nonsense").status == 422);
}

TEST_CASE("an import becomes contacts and a list of bad lines") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string csv =
        "Mobile,Full Name,City\r\n9812345678,Asha,Pune\r\n,Nobody,x\r\n12,Short,x\r\n98123 45678,Twice,x\r\n"
        "9812345679,Ben,\"Goa, Old\"\r\n";
    const auto accepted = world.ask("POST", "/v1/imports?tags=new,vip", csv, {{"content-type", "text/csv"}});
    REQUIRE(accepted.status == 202);
    CHECK(accepted.json.at("state").text() == "queued");
    world.imports.run_all();
    const std::string path = "/v1/imports/" + accepted.json.at("id").text();
    const auto done = world.ask("GET", path);
    CHECK(done.json.at("state").text() == "done");
    CHECK(done.json.at("created").integer() == 2);
    CHECK(done.json.at("failed").integer() == 3);
    CHECK(done.json.at("rows").integer() == 5);
    const auto errors = world.ask("GET", path + "/errors");
    REQUIRE(errors.json.at("items").size() == 3);
    CHECK(errors.json.at("items").at(0).at("line").integer() == 3);
    CHECK(errors.json.at("items").at(0).at("reason").text() == "missing_phone");
    CHECK(errors.json.at("items").at(1).at("reason").text() == "invalid_phone");
    CHECK(errors.json.at("items").at(2).at("reason").text() == "duplicate_in_file");
    CHECK(errors.json.at("items").at(2).at("raw").text() == "98123 45678,Twice,x");
    const auto people = world.ask("GET", "/v1/contacts?tag=vip");
    REQUIRE(people.json.at("items").size() == 2);
    CHECK(people.json.at("items").at(0).at("attributes").at("city").text() == "Goa, Old");
    CHECK(std::filesystem::is_empty(world.folder.path));
}

TEST_CASE("an import as a form with a mapping; broken ones are refused and leave no file") {
    World world;
    const auto part = [](const std::string& name, const std::string& text) {
        return "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + text + "\r\n";
    };
    const std::vector<Header> form = {{"content-type", "multipart/form-data; boundary=B"}};
    const auto accepted = world.ask(
        "POST", "/v1/imports",
        part("mapping", R"({"phone":"Nr"})") + part("file", "Nr;x\n9812345678;1\n") + "--B--\r\n", form);
    REQUIRE(accepted.status == 202);
    world.imports.run_all();
    CHECK(world.ask("GET", "/v1/imports/" + accepted.json.at("id").text()).json.at("created").integer() == 1);

    CHECK(world.ask("POST", "/v1/imports", "").status == 422);
    CHECK(world.ask("POST", "/v1/imports", part("mapping", "{}") + "--B--\r\n", form).status == 422);
    CHECK(world.ask("POST", "/v1/imports", part("mapping", "{") + part("file", "a") + "--B--\r\n", form)
              .status == 422);
    CHECK(world.ask("POST", "/v1/imports", part("other", "x") + "--B--\r\n", form).status == 422);
    CHECK(world.ask("POST", "/v1/imports?mapping=%7B%22fone%22%3A1%7D", "phone\n1\n").status == 422);
    CHECK(std::filesystem::is_empty(world.folder.path));

    const auto guess = world.ask("POST", "/v1/imports", "a,b\n1,2\n");
    world.imports.run_all();
    const auto failed = world.ask("GET", "/v1/imports/" + guess.json.at("id").text());
    CHECK(failed.json.at("state").text() == "failed");
    CHECK(failed.json.at("error").text().find("\"a\", \"b\"") != std::string::npos);
}

TEST_CASE("messages: what is sent, and what is refused before it is") {
    World world;
    const std::string connection = world.new_connection();
    const auto send = [&](const std::string& rest) {
        return world.ask("POST", "/v1/messages", R"({"connection":")" + connection + "\"," + rest + "}");
    };
    const auto sent = send(R"("to":"+919812345678","content":{"kind":"text","text":"Hi"})");
    REQUIRE(sent.status == 202);
    CHECK(sent.json.at("state").text() == "queued");
    CHECK(world.send.last.content.text == "Hi");
    const auto read = world.ask("GET", "/v1/messages/" + sent.json.at("id").text());
    CHECK(read.json.at("content").at("text").text() == "Hi");
    CHECK(read.json.at("events").empty());
    CHECK(world.ask("GET", "/v1/messages?address=%2B919812345678").json.at("items").size() == 1);
    CHECK(world.ask("GET", "/v1/messages?state=failed").json.at("items").empty());
    CHECK(world.ask("GET", "/v1/messages?state=flying").status == 422);

    for (const char* rest :
         {R"("content":{"kind":"text","text":"Hi"})",
          R"("to":"+1","contact":"cnt_0000000000001","content":{"kind":"text","text":"Hi"})",
          R"("to":"+919812345678","content":{"kind":"text"})",
          R"("to":"+919812345678","content":{"kind":"text","text":"Hi","txet":1})",
          R"("to":"+919812345678","content":{"kind":"text","text":"Hi {{"})",
          R"("to":"+919812345678","content":{"kind":"text","text":"Hi"},"expires_at":5)"}) {
        CAPTURE(rest);
        CHECK(send(rest).status == 422);
    }
    CHECK(world.send.sent == 1);
}

TEST_CASE("campaigns: a draft, its changes, its life, its reports") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string id = world.new_campaign();
    const std::string path = "/v1/campaigns/" + id;
    const auto draft = world.ask("GET", path);
    CHECK(draft.json.at("state").text() == "draft");
    CHECK(draft.json.at("channel").text() == "sms");
    CHECK(world.ask("PATCH", path, R"({"name":"Big sale","audience":{"tags":["vip"]}})")
              .json.at("audience")
              .at("tags")
              .size() == 1);
    CHECK(world.ask("PATCH", path, R"({"channel":"voice"})").json.at("field").text() == "channel");
    CHECK(world.ask("PATCH", path, R"({"audience":{"everybody":true}})").status == 422);
    CHECK(world.ask("PATCH", path, R"({"scheduled_at":5})").status == 422);
    CHECK(world.ask("POST", path + "/preview?samples=3").json.at("audience").integer() == 3);
    CHECK(world.ask("POST", path + "/pause").status == 409);

    CHECK(world.ask("POST", path + "/send").json.at("state").text() == "sending");
    CHECK(world.ask("PATCH", path, R"({"name":"Too late"})").status == 409);
    CHECK(world.ask("PATCH", path, R"({"per_second":5})").json.at("per_second").integer() == 5);
    CHECK(world.ask("DELETE", path).status == 409);
    CHECK(world.ask("POST", path + "/pause").json.at("state").text() == "paused");
    CHECK(world.ask("POST", path + "/resume").json.at("state").text() == "sending");
    CHECK(world.ask("POST", path + "/cancel").json.at("state").text() == "cancelled");
    CHECK(world.ask("PATCH", path, R"({"per_second":6})").status == 409);

    store::Message message;
    message.tenant = world.shop.scope.tenant;
    message.origin = domain::Origin::campaign;
    message.campaign = *parse_id(prefix::campaign, id);
    message.channel = "sms";
    message.params = "{}";
    std::vector<store::Message> messages;
    for (int i = 0; i < 1'500; ++i) {
        message.id = world.ids.next();
        message.address = "+9198" + std::to_string(10'000'000 + i);
        message.state = i == 0 ? domain::State::skipped : domain::State::queued;
        message.reason = i == 0 ? "=suppressed" : "";
        messages.push_back(message);
    }
    store::Chunk chunk;
    chunk.campaign = message.campaign;
    chunk.tenant = message.tenant;
    chunk.first_id = messages.front().id;
    chunk.last_id = messages.back().id;
    chunk.cursor_id = chunk.intent_id = chunk.first_id;
    world.database.writer().run([&](store::Session& session) {
        store::chunks::create(session, chunk);
        store::messages::insert(session, messages);
    });
    const auto skipped = world.ask("GET", path + "/recipients?state=skipped");
    REQUIRE(skipped.json.at("items").size() == 1);
    CHECK(skipped.json.at("items").at(0).at("reason").text() == "=suppressed");
    CHECK(world.ask("GET", path + "/recipients?limit=2").json.at("items").size() == 2);
    CHECK(world.ask("GET", path + "/stats").json.contains("states"));

    const auto csv = world.ask("GET", path + "/recipients.csv");
    REQUIRE(csv.response.stream);
    std::string text;
    for (std::string piece = csv.response.stream(); !piece.empty(); piece = csv.response.stream())
        text += piece;
    CHECK(std::count(text.begin(), text.end(), '\n') == 1'501);
    CHECK(text.find(",+9810000000,skipped,\"'=suppressed\"") == std::string::npos);
    CHECK(text.find(",+919810000000,skipped,\"'=suppressed\"") != std::string::npos);

    const std::string second = "/v1/campaigns/" + world.new_campaign();
    CHECK(world.ask("DELETE", second).status == 204);
    CHECK(world.ask("GET", second).status == 404);
}

TEST_CASE("suppressions: add, list in pages, remove") {
    World world;
    for (const char* address : {"9812345678", "9812345679", "9812345670"})
        REQUIRE(world.ask("POST", "/v1/suppressions", Json{{"channel", "sms"}, {"address", address}}.dump())
                    .status == 201);
    const auto first = world.ask("GET", "/v1/suppressions?limit=2");
    CHECK(first.json.at("items").at(0).at("address").text() == "+919812345670");
    const auto rest = world.ask("GET", "/v1/suppressions?cursor=" + first.json.at("next").text());
    REQUIRE(rest.json.at("items").size() == 1);
    CHECK(rest.json.at("items").at(0).at("address").text() == "+919812345679");
    CHECK(rest.json.at("next").is_null());
    CHECK(world.ask("DELETE", "/v1/suppressions/sms/%2B919812345679").status == 204);
    CHECK(world.ask("DELETE", "/v1/suppressions/sms/%2B919812345679").status == 404);
    CHECK(world.ask("POST", "/v1/suppressions", R"({"channel":"sms","address":"x"})").status == 422);
}

TEST_CASE("quotas: set, list, change, remove") {
    World world;
    const auto put = [&](const char* body) { return world.ask("PUT", "/v1/quotas", body); };
    const auto made = put(R"({"channel":"sms","per_day":100})");
    REQUIRE(made.status == 200);
    CHECK(made.json.at("used").integer() == 0);
    CHECK(made.json.at("resets_at").is_null());
    CHECK(put(R"({"channel":"sms","per_day":50})").status == 200);  // the same one
    CHECK(put(R"({"per_day":500})").status == 200);
    const auto all = world.ask("GET", "/v1/quotas").json.at("items");
    REQUIRE(all.size() == 2);
    CHECK(all.at(0).at("channel").is_null());
    CHECK(all.at(1).at("per_day").integer() == 50);

    CHECK(put(R"({"channel":"pigeon","per_day":1})").status == 422);
    CHECK(put(R"({"per_day":-1})").status == 422);
    CHECK(put(R"({"connection":"con_0000000000009","per_day":1})").status == 422);
    CHECK(world.ask("DELETE", "/v1/quotas?channel=sms").status == 204);
    CHECK(world.ask("DELETE", "/v1/quotas?channel=sms").status == 404);
    CHECK(world.ask("GET", "/v1/quotas").json.at("items").size() == 1);
}

TEST_CASE("a message over the quota is refused, and its key is not used up") {
    World world;
    world.send.fails = Error{Code::too_many, "daily quota of 1 reached; goes on at 00:00 UTC", "quota"};
    const std::string body = Json{{"connection", world.new_connection()},
                                  {"to", "+919812345678"},
                                  {"content", Json{{"kind", "text"}, {"text", "Hi"}}}}
                                 .dump();
    const auto refused = world.ask("POST", "/v1/messages", body, {{"idempotency-key", "k"}});
    CHECK(refused.status == 429);
    CHECK(refused.json.at("code").text() == "quota");
    world.send.fails.reset();
    CHECK(world.ask("POST", "/v1/messages", body, {{"idempotency-key", "k"}}).status == 202);
}

TEST_CASE("webhooks reach the intake as they came") {
    World world;
    world.anonymous = true;
    const std::string con = format_id(prefix::connection, 77);
    const auto answer = world.ask("POST", "/webhooks/crowd/" + con + "/t0ken?b=%41&b=2", "raw \xff bytes",
                                  {{"x-signature", "abc"}});
    CHECK(answer.status == 202);
    CHECK(answer.response.body == "crowd " + con + " t0ken");
    CHECK(world.intake.last.url == "https://api.example/webhooks/crowd/" + con + "/t0ken?b=%41&b=2");
    CHECK(world.intake.last.body == "raw \xff bytes");
    CHECK(world.intake.last.peer == "192.0.2.1");
    CHECK(world.intake.last.headers.at(0).name == "x-signature");
    CHECK(world.ask("GET", "/webhooks/crowd/" + con + "?hub.challenge=1").status == 202);
    CHECK(world.ask("POST", "/webhooks/crowd/" + con + "/wrong").status == 401);
    CHECK(world.ask("POST", "/webhooks/crowd/nonsense").status == 404);
    CHECK(world.ask("PUT", "/webhooks/crowd/" + con).status == 405);
}
