// Files on their way out and in: one upload for a whole campaign, a public address for providers that fetch,
// and pictures that people send.
#include <set>

#include "customers.hpp"
#include "funnel.hpp"
#include "pictures.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 300;

Answer upload(const Client& api, const std::string& bytes, const std::string& type,
              const std::string& filename = "diwali.png") {
    return api.ask("POST", "/v1/media?filename=" + filename, bytes, {{"Content-Type", type}});
}

Json image(const std::string& media) {
    return Json{{"kind", "media"},
                {"media", Json{{"type", "image"}, {"media", media}, {"caption", "Hi {{name|there}}"}}}};
}

std::set<std::string> files_named(const std::vector<Json>& ledger) {
    std::set<std::string> files;
    for (const Json& entry : ledger)
        files.insert(Json::parse(entry.at("params").scalar()).at(std::size_t{0}).text());
    return files;
}

// The path of an address below our public one.
std::string path_of(const std::string& url) {
    const std::string base = "https://dakiya.example.test";
    INFO(url);
    REQUIRE(url.starts_with(base + "/m/"));
    return url.substr(base.size());
}

}  // namespace

TEST_CASE("a file is uploaded once for a campaign, and again not after a restart") {
    World world(GENERATE_REF(from_range(dialects())));
    world.import(make_customers(people).csv);
    const std::string meta = world.connect("meta");
    const std::string bytes = picture(300'000);
    const Answer made = upload(world.api(), bytes, "image/png");
    INFO(made.body);
    REQUIRE(made.status == 201);
    const std::string media = made.json().at("id");
    REQUIRE(upload(world.api(), bytes, "image/png").json().at("id").text() == media);
    REQUIRE(world.api().ask("GET", "/v1/media/" + media + "/content").body == bytes);

    // With a pace, so that most of it is left to the server after the restart.
    const std::string first =
        world.send_campaign(meta, image(media), Json{{"all", true}}, Json{{"per_second", 150}});
    wait_until("some to be sent", 30s, [&] { return world.sim().accepted("meta") > 0; });
    world.kill();
    world.start();
    world.wait_completed(first, 60s);
    world.sim().wait_for_webhooks(60s);
    wait_settled(world, first, "meta", people);
    require_same_funnel(world, first, "meta");

    const std::size_t before = world.sim().accepted("meta");
    REQUIRE(before > people / 2);
    const std::string single =
        world.api()
            .post("/v1/messages", Json{{"connection", meta}, {"to", "9899999999"}, {"content", image(media)}},
                  202)
            .at("id");
    wait_until(
        "the single message", 30s, [&] { return world.sim().accepted("meta") > before; },
        [&] { return world.api().get("/v1/messages/" + single).dump(); });
    REQUIRE(world.sim().accepted("meta") == before + 1);
    REQUIRE(world.sim().summary("meta").at("uploads").integer() == 1);
    REQUIRE(files_named(world.sim().ledger("meta")).size() == 1);
    world.sim().require_no_complaints();
    REQUIRE(world.stop() == 0);
}

TEST_CASE(
    "a provider without uploads is given an address of ours, which serves the file to anybody who has it") {
    World world(Dialect::sqlite);
    world.import(make_customers(3).csv);
    const std::string twilio = world.connect("twilio");
    const std::string bytes = picture(200'000);
    const std::string media = upload(world.api(), bytes, "image/png", "a%20b.png").json().at("id");
    const std::string campaign =
        world.send_campaign(twilio, image(media), Json{{"all", true}}, Json{{"channel", "whatsapp"}});
    world.wait_completed(campaign, 30s);
    const auto urls = files_named(world.sim().ledger("twilio"));
    REQUIRE(urls.size() == 1);
    const std::string path = path_of(*urls.begin());
    REQUIRE(path.ends_with("/a-b.png"));

    const Client stranger(world.api().port());
    const Answer whole = stranger.ask("GET", path);
    REQUIRE(whole.status == 200);
    REQUIRE(whole.type == "image/png");
    REQUIRE(whole.body == bytes);
    REQUIRE(whole.header("Content-Length") == "200000");
    REQUIRE(whole.header("X-Content-Type-Options") == "nosniff");
    REQUIRE(whole.header("Content-Disposition").starts_with("attachment"));
    const Answer part = stranger.ask("GET", path, "", {{"Range", "bytes=199990-"}});
    REQUIRE(part.status == 206);
    REQUIRE(part.body == bytes.substr(199'990));
    REQUIRE(part.header("Content-Range") == "bytes 199990-199999/200000");
    REQUIRE(stranger.ask("GET", path, "", {{"Range", "bytes=200000-"}}).status == 416);
    REQUIRE(stranger.ask("GET", path, "", {{"Range", "bytes=-5"}}).body == bytes.substr(199'995));

    // Nobody makes an address for another file, or one that lasts longer.
    std::string other = path;
    const std::size_t digit = other.find_last_of('-', other.rfind('/') - 1) - 1;
    other[digit] = other[digit] == '9' ? '8' : '9';
    REQUIRE(stranger.ask("GET", other).status == 404);
    REQUIRE(stranger.ask("GET", "/m/1-2-3-4/x.png").status == 404);
    REQUIRE(stranger.ask("GET", "/v1/media/" + media + "/content").status == 401);
}

TEST_CASE("a template that was entered by hand takes a picture and what its buttons bring back") {
    World world(Dialect::sqlite);
    const std::string kaleyra = world.connect("kaleyra-v1");
    world.sync_templates(kaleyra);
    const std::string media = upload(world.api(), picture(50'000), "image/png").json().at("id");
    Json message{
        {"connection", kaleyra},
        {"channel", "whatsapp"},
        {"to", "9812345678"},
        {"content",
         Json{{"kind", "template"},
              {"template", Json{{"name", "offer"}, {"language", "en"}}},
              {"variables",
               Json{{"1", "Asha"}, {"header.media", media}, {"button.0", "yes"}, {"button.1", "no"}}}}}};
    world.api().post("/v1/messages", message, 202);
    wait_until("the message", 30s, [&] { return world.sim().accepted("kaleyra-v1") == 1; });
    REQUIRE(world.sim().ledger("kaleyra-v1").front().at("kind").text() == "mediatemplate");
    world.sim().require_no_complaints();

    message.find("content")->find("variables")->erase("header.media");
    const Answer refused = world.api().ask("POST", "/v1/messages", message.dump());
    INFO(refused.body);
    REQUIRE(refused.status == 422);
    REQUIRE(refused.json().at("field").text() == "content.variables.header.url");
}

TEST_CASE("a picture that somebody sends arrives among the files, also across a restart") {
    World world(GENERATE_REF(from_range(dialects())));
    world.connect("meta");
    const std::string bytes = picture(150'000);
    const std::string number = "+919811111111";
    world.sim().control().post("/inbound", Json{{"provider", "meta"},
                                                {"from", number.substr(1)},
                                                {"text", "look"},
                                                {"file", inbound_picture(bytes)}});
    wait_until("the message", 30s, [&] { return inbound_message(world, number).is_object(); });
    world.kill();
    world.start();
    Json message;
    wait_until(
        "its file", 90s,
        [&] {
            message = inbound_message(world, number);
            return message["media"].is_object() && message["media"].contains("id");
        },
        [&] { return message.dump(); });
    const Json& file = message.at("media");
    REQUIRE(file.at("type").text() == "image/png");
    REQUIRE(file.at("size").integer() == 150'000);
    REQUIRE(world.api().ask("GET", "/v1/media/" + file.at("id").text() + "/content").body == bytes);
    REQUIRE(world.api().get("/v1/media?origin=inbound").at("items").size() == 1);
}

TEST_CASE("files that are not what they say, too large ones and those in use") {
    Setup setup;
    setup.settings["media.max_mib"] = "1";
    setup.settings["media.tenant_mib"] = "1";
    World world(Dialect::sqlite, setup);
    const auto refused = [&](const std::string& bytes, const std::string& type, int status,
                             const std::string& why) {
        const Answer answer = upload(world.api(), bytes, type);
        INFO(answer.body);
        REQUIRE(answer.status == status);
        REQUIRE(answer.body.find(why) != std::string::npos);
    };
    refused(picture(100), "image/jpeg", 422, "declared as image/jpeg, but is image/png");
    refused(
        "\x7f"
        "ELF and so on",
        "application/pdf", 422, "a program or a script");
    refused("#!/bin/sh\n", "text/plain", 422, "a program or a script");
    refused("<html><script>alert(1)</script>", "text/plain", 422, "text/html");
    refused("<svg/>", "image/svg+xml", 422, "are not taken");
    refused("", "image/png", 422, "no body");
    refused(picture((1U << 20U) + 1), "image/png", 413, "1 MiB at most");
    refused(picture(3U << 20U), "image/png", 413, "2097152 are allowed here");

    const std::string media = upload(world.api(), picture(600'000), "image/png").json().at("id");
    refused(picture(600'001), "image/png", 413, "your files may have 1 MiB together");

    const std::string sandbox =
        world.api()
            .post("/v1/connections", Json{{"provider", "sandbox"}, {"settings", Json::object()}}, 201)
            .at("id");
    world.import(make_customers(3).csv);
    const std::string campaign =
        world.send_campaign(sandbox, image(media), Json{{"all", true}},
                            Json{{"channel", "whatsapp"}, {"scheduled_at", 4'000'000'000'000}});
    REQUIRE(world.api().ask("DELETE", "/v1/media/" + media).status == 409);
    world.api().post("/v1/campaigns/" + campaign + "/cancel");
    REQUIRE(world.api().ask("DELETE", "/v1/media/" + media).status == 204);
    REQUIRE(world.api().ask("GET", "/v1/media/" + media).status == 404);
    const Answer gone = world.api().ask(
        "POST", "/v1/messages",
        Json{
            {"connection", sandbox}, {"channel", "whatsapp"}, {"to", "9812345678"}, {"content", image(media)}}
            .dump());
    INFO(gone.body);
    REQUIRE(gone.status == 422);
    REQUIRE(gone.json().at("field").text() == "content.media.media");
    REQUIRE(upload(world.api(), picture(600'001), "image/png").status == 201);  // there is room again
}
