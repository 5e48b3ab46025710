// What people send, as each provider gives it out: to whom, where, and for how long.
#include "files.hpp"
#include "calls.hpp"
#include "text.hpp"

#include <catch2/catch.hpp>

using namespace sim;
using dakiya::Json;

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A person sends a picture: the texts of the webhook, each before a quotation mark.
std::string arrive(World& world, Provider provider) {
    Inbound inbound;
    inbound.provider = provider;
    inbound.from = "919812345678";
    inbound.text = "look";
    inbound.file_type = "image/png";
    inbound.file = world.files().add(provider, {"image/png", "PNG"});
    inbound.at = now_ms();
    const Post post = world.player(provider).inbound(inbound, std::string(32, 'a'));
    if (post.content_type == "application/json") return post.body;
    std::string texts;
    for (const auto& [name, value] : parse_form(post.body)) texts += value + '"';
    return texts;
}

// The path of the address on that host.
std::string path_on(const std::string& host, const std::string& texts) {
    const std::string origin = "https://" + host;
    INFO(texts);
    const auto at = texts.find(origin + '/');
    REQUIRE(at != texts.npos);
    return texts.substr(at + origin.size(), texts.find('"', at) - at - origin.size());
}

Reply get(World& world, Provider provider, const std::string& target, const Headers& headers = {}) {
    return call(world.player(provider), {"GET", target, "", headers});
}

void require_picture(const World& world, const Reply& reply) {
    CHECK(reply.status == 200);
    CHECK(reply.body == "PNG");
    CHECK(reply.type == "image/png");
    CHECK(violation_count(world.violations()) == 0);
}

struct Storage {
    Provider provider;
    const char *host, *key;  // key: the header that must not be shown there
};
const Storage storages[] = {
    {Provider::gupshup, "filemanager.gupshup.io", "apikey"},
    {Provider::kaleyra, "kaleyra-in.s3.ap-south-1.amazonaws.com", "api-key"},
    {Provider::kaleyra_v1, "kaleyra-v1-in.s3.ap-south-1.amazonaws.com", "api-key"},
    {Provider::interakt, "files.interakt.example", "Authorization"},
};

const std::string twilio_key =
    "Basic " + base64("AC00000000000000000000000000000001:0123456789abcdef0123456789abcdef");

// Asks Twilio for the file: the path in the storage to which it sends the client.
std::string redirected(World& world) {
    const std::string path = path_on("api.twilio.com", arrive(world, Provider::twilio));
    const Reply reply = get(world, Provider::twilio, path, {{"Authorization", twilio_key}});
    CHECK(reply.status == 307);
    CHECK(reply.headers.starts_with("Location: "));
    return path_on("mms.twiliocdn.com", reply.headers.substr(0, reply.headers.size() - 2) + '"');
}

}  // namespace

TEST_CASE("files in storage need no key, and must not see one") {
    const Storage storage = GENERATE(from_range(std::begin(storages), std::end(storages)));
    CAPTURE(storage.host);
    World world;
    const std::string path = path_on(storage.host, arrive(world, storage.provider));
    require_picture(world, get(world, storage.provider, path));
    CHECK(get(world, storage.provider, path.substr(0, path.size() - 1)).status == 403);
    CHECK(get(world, storage.provider, path.substr(0, path.find('?'))).status == 403);
    get(world, storage.provider, path, {{storage.key, "secret"}});
    CHECK(violation_count(world.violations()) == 1);
}

TEST_CASE("addresses of files in storage end") {
    const Storage storage = GENERATE(from_range(std::begin(storages), std::end(storages)));
    CAPTURE(storage.host);
    World world;
    REQUIRE_FALSE(world.configure(merged(world.document(), Json{{"file_address_ms", 0}})));
    const std::string path = path_on(storage.host, arrive(world, storage.provider));
    CHECK(get(world, storage.provider, path).status == 403);
    CHECK(violation_count(world.violations()) == 0);
}

TEST_CASE("Twilio asks for its key, and sends the client on to a storage that must not see it") {
    World world;
    const std::string path = redirected(world);
    require_picture(world, get(world, Provider::twilio, path));
    get(world, Provider::twilio, path, {{"Authorization", twilio_key}});
    CHECK(violation_count(world.violations()) == 1);

    const std::string asked = path_on("api.twilio.com", arrive(world, Provider::twilio));
    CHECK(get(world, Provider::twilio, asked, {{"Authorization", "Basic " + base64("AC1:wrong")}}).status ==
          401);
    CHECK(get(world, Provider::twilio, asked + "0", {{"Authorization", twilio_key}}).status == 404);
    REQUIRE_FALSE(world.configure(merged(world.document(), Json{{"file_address_ms", 0}})));
    CHECK(get(world, Provider::twilio, redirected(world)).status == 403);
}

TEST_CASE("Meta and 360dialog tell an address that ends, for their key only") {
    struct Way {
        Provider provider;
        std::string look_up;
        Headers headers, others;
    };
    const Way ways[] = {
        {Provider::meta,
         "/v25.0/",
         {{"Authorization", "Bearer sim-meta-token"}, {"User-Agent", "test"}},
         {{"Authorization", "Bearer other"}, {"User-Agent", "test"}}},
        {Provider::dialog360, "/", {{"D360-API-KEY", "sim-d360-api-key"}}, {{"D360-API-KEY", "other"}}}};
    for (const Way& way : ways) {
        CAPTURE(way.look_up);
        World world;
        const auto address = [&] {
            const std::string texts = arrive(world, way.provider);
            const auto id = texts.find("\"id\":\"44907");  // of the file
            REQUIRE(id != texts.npos);
            const std::string target = way.look_up + texts.substr(id + 6, 16);
            return Json::parse(get(world, way.provider, target, way.headers).body).at("url").text();
        };
        const std::string path = path_on("lookaside.fbsbx.com", address() + '"');
        require_picture(world, get(world, way.provider, path, way.headers));
        CHECK(get(world, way.provider, path, way.others).status == 401);
        CHECK(get(world, way.provider, path + "0", way.headers).status == 404);
        REQUIRE_FALSE(world.configure(merged(world.document(), Json{{"file_address_ms", 0}})));
        CHECK(get(world, way.provider, path_on("lookaside.fbsbx.com", address() + '"'), way.headers).status ==
              404);
        CHECK(violation_count(world.violations()) == 0);
    }
}

TEST_CASE("WATI and Bird give files to their key only") {
    struct Way {
        Provider provider;
        const char *host, *header;  // host: "" where the message's id is all that is told
    };
    const Way ways[] = {
        {Provider::wati, "", "Bearer eyJhbGciOiJIUzI1NiJ9.sim-wati.token0001"},
        {Provider::messagebird, "media.platform.bird.com", "Bearer bk_eu1_0123456789simBirdKey"},
        {Provider::messagebird_crm, "media.nest.messagebird.com", "AccessKey simBirdCrmAccessKey0123456789"},
        {Provider::messagebird_conversations, "media.messagebird.com",
         "AccessKey simOldMessageBirdKey01234"}};
    for (const Way& way : ways) {
        CAPTURE(way.header);
        World world;
        if (way.provider == Provider::messagebird)
            REQUIRE_FALSE(world.configure(merged(
                world.document(), Json::parse(R"({"messagebird":{"whatsapp_senders":["+14155550100"]}})"))));
        const std::string texts = arrive(world, way.provider);
        const std::string path = way.provider == Provider::wati ? "/api/ext/v3/conversations/messages/file/" +
                                                                      Json::parse(texts).at("id").text()
                                                                : path_on(way.host, texts);
        require_picture(world, get(world, way.provider, path, {{"Authorization", way.header}}));
        CHECK(get(world, way.provider, path, {{"Authorization", "Bearer wrong"}}).status == 401);
        CHECK(get(world, way.provider, path + "0", {{"Authorization", way.header}}).status == 404);
    }
}
