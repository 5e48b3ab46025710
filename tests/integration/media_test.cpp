// Files: uploaded once and before anything is sent, renewed before they end, fetched until they are there.
#include <catch2/catch.hpp>

#include <atomic>

#include "domain/media.hpp"
#include "store/media_fetches.hpp"
#include "store/media_handles.hpp"
#include "world.hpp"

using namespace dakiya;
using domain::CampaignState;

namespace {

constexpr std::int64_t minute_ms = 60'000;
const std::string png = "\x89PNG\r\n\x1a\nand the rest";

std::string content_with(Id media) {
    return Json{{"kind", "media"},
                {"media", Json{{"type", "image"}, {"media", format_id(prefix::media, media)}}}}
        .dump();
}

// An operation that the provider refuses, in the class that it gave.
net::Reply refused(const std::string& text, const std::string& error_class) {
    Json account{{"ok", false}, {"text", text}};
    if (!error_class.empty()) account.set("class", error_class);
    return records({Json::array({"account", std::move(account)})});
}

// Takes uploads under the handles h1, h2, … and messages that name one of them.
struct Files {
    World* world = nullptr;
    std::int64_t lasting_ms = 0;  // 0: handles do not end
    std::string refusal, refusal_class;
    std::atomic<bool> silent = false;       // does not answer messages
    std::atomic<int> good_for = 1'000'000;  // messages with a handle; then it is forgotten
    std::atomic<int> uploads = 0;
    std::mutex mutex;
    std::map<std::string, int> messages;  // by handle; under mutex

    int messages_with(const std::string& handle) {
        const std::lock_guard lock(mutex);
        return messages[handle];
    }

    std::optional<net::Reply> operator()(const Json& input) {
        if (!input.contains("blob")) {
            if (silent) return std::nullopt;
            const std::lock_guard lock(mutex);
            if (messages[input.at("media").at("handle").text()]++ < good_for) return all_sent(input);
            const Json error{{"class", "content"}, {"code", "131053"}, {"text", "no"}, {"media", "gone"}};
            return records(
                {Json::array({"result", Json{{"to", 0}, {"status", "failed"}, {"error", error}}})});
        }
        ++uploads;
        if (!refusal.empty()) return refused(refusal, refusal_class);
        Json media{{"handle", "h" + std::to_string(uploads)}};
        if (lasting_ms > 0) media.set("expires_at", world->clock.now_ms() + lasting_ms);
        return records({Json::array({"media", media})});
    }
};

struct Scene {
    explicit Scene(store::Dialect dialect)
        : world(dialect, "scripted", [this](const Json& input) { return files(input); }) {
        files.world = &world;
    }
    // A campaign with a picture to as many people.
    Id add_campaign(int people) {
        world.add_contacts(people);
        return world.add_campaign(R"({"all":true})", 0, content_with(world.add_media(png, "image/png")));
    }
    // No message is answered, and meanwhile handles end an hour after their upload.
    void keep_waiting() {
        files.lasting_ms = 60 * minute_ms;
        files.silent = true;
    }

    Files files;
    World world;
};

std::int64_t sent(World& world, Id campaign) { return world.stats(campaign)[domain::State::sent]; }

Node::Options long_lease() {
    Node::Options options;
    options.lease = Millis(24LL * 3600 * 1000);
    return options;
}

send::MessageRequest single_with(Id media) {
    send::MessageRequest request;
    request.connection = World::connection;
    request.channel = "whatsapp";
    request.to = "+919899999999";
    request.content = domain::parse_content(Json::parse(content_with(media)), "content").value();
    return request;
}

}  // namespace

TEST_CASE("a campaign's file is uploaded once by two nodes, before the first message") {
    Scene scene(GENERATE_REF(from_range(store::dialects())));
    World& world = scene.world;
    const Id campaign = scene.add_campaign(300);
    Node one(world, "one"), two(world, "two");
    one.start();
    two.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(sent(world, campaign) == 300);
    CHECK(scene.files.uploads == 1);
    CHECK(scene.files.messages_with("h1") == 300);
}

TEST_CASE("a handle is renewed before it ends, while its campaign goes on") {
    Scene scene(store::Dialect::sqlite);
    World& world = scene.world;
    scene.keep_waiting();
    Node node(world, "one", long_lease());
    const Id campaign = scene.add_campaign(300);
    node.start();
    world.until([&] { return world.provider.hanging() > 0; });
    CHECK(scene.files.uploads == 1);
    world.clock.advance(Millis(46 * minute_ms));
    world.until([&] { return scene.files.uploads == 2; });
    scene.files.silent = false;
    world.provider.release();
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(sent(world, campaign) == 300);
    CHECK(scene.files.uploads == 2);
}

TEST_CASE("a handle that ended is made anew before anything more is sent with it") {
    const auto [trouble, paused] = GENERATE(table<std::string, bool>(
        {{"while its chunk was under way", false}, {"while its campaign was paused", true}}));
    CAPTURE(trouble);
    Scene scene(store::Dialect::sqlite);
    World& world = scene.world;
    scene.keep_waiting();
    Node::Options options = long_lease();
    options.chunks = 1;
    Node node(world, "one", options);
    const Id campaign = scene.add_campaign(300);
    node.start();
    const auto window = static_cast<std::size_t>(options.window);
    world.until([&] { return world.provider.hanging() == window; });  // more are not on their way
    if (paused) REQUIRE(node.service.pause(World::scope, campaign));
    world.clock.advance(Millis(600 * minute_ms));
    scene.files.silent = false;
    world.provider.release();
    if (paused) REQUIRE(node.service.resume(World::scope, campaign));
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(scene.files.messages_with("h1") == 64);
    CHECK(scene.files.messages_with("h2") == 236);
    CHECK(sent(world, campaign) == 300);
}

TEST_CASE("a file that the provider forgets is uploaded again, and its messages are sent") {
    Scene scene(GENERATE_REF(from_range(store::dialects())));
    World& world = scene.world;
    scene.files.good_for = 40;
    Node node(world);
    const Id campaign = scene.add_campaign(60);
    node.start();
    world.until([&] { return scene.files.uploads == 2; });
    scene.files.good_for = 1'000'000;
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(sent(world, campaign) == 60);
    CHECK(scene.files.uploads == 2);

    // A single message, with a file of its own.
    scene.files.good_for = 0;
    send::MessageRequest request = single_with(world.add_media(png + "!", "image/png"));
    const auto single = node.service.send_message(World::scope, request, {});
    REQUIRE(single);
    world.until([&] { return scene.files.uploads == 4; });
    scene.files.good_for = 1'000'000;
    world.until([&] { return world.message(single->message.id).state == domain::State::sent; });
    CHECK(world.message(single->message.id).outcome->attempts == 2);
}

TEST_CASE("a file that the provider never takes fails its messages after a second try, and pauses") {
    Scene scene(GENERATE_REF(from_range(store::dialects())));
    World& world = scene.world;
    scene.files.good_for = 0;
    Node node(world);
    const Id campaign = scene.add_campaign(40);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.campaign(campaign).state_text.find("131053") != std::string::npos);
    node.stop();
    CHECK(sent(world, campaign) == 0);
    for (const auto& view : world.recipients(campaign))
        if (view.outcome) CHECK(view.outcome->attempts == 2);
}

TEST_CASE("an upload that fails pauses the campaign with the provider's words; resuming tries again") {
    Scene scene(GENERATE_REF(from_range(store::dialects())));
    World& world = scene.world;
    scene.files.refusal = "the picture is too wide";
    // A file that is wrong stays wrong; what passes is tried again.
    const auto [error_class, tries] = GENERATE(table<std::string, int>(
        {{"provider", send::MediaTransfers::most_upload_tries}, {"content", 1}, {"other", 2}}));
    CAPTURE(error_class);
    scene.files.refusal_class = error_class;
    Node node(world);
    const Id campaign = scene.add_campaign(10);
    node.start();
    world.until([&] { return world.campaign(campaign).state == CampaignState::paused; });
    CHECK(world.campaign(campaign).state_text.find("the picture is too wide") != std::string::npos);
    CHECK(scene.files.uploads == tries);
    CHECK(world.recipients(campaign).empty());
    scene.files.refusal.clear();
    REQUIRE(node.service.resume(World::scope, campaign));
    world.until([&] { return world.campaign(campaign).state == CampaignState::completed; });
    CHECK(sent(world, campaign) == 10);
}

TEST_CASE("single messages share an upload with each other; a new sender has its own") {
    Scene scene(GENERATE_REF(from_range(store::dialects())));
    World& world = scene.world;
    Node node(world);
    node.start();
    const Id media = world.add_media(png, "image/png");
    send::MessageRequest request = single_with(media);
    REQUIRE(node.service.send_message(World::scope, request, {}));
    REQUIRE(node.service.send_message(World::scope, request, {}));
    world.until([&] { return scene.files.messages_with("h1") == 2; });
    request.from = "+15550001";
    REQUIRE(node.service.send_message(World::scope, request, {}));
    world.until([&] { return scene.files.messages_with("h2") == 1; });
    CHECK(scene.files.uploads == 2);

    // Another tenant's file is none, and a document is no image.
    request.content.media.set("media", format_id(prefix::media, media + 1'000));
    CHECK(node.service.send_message(World::scope, request, {}).error().code == Code::invalid);
    request.content.media.set("media",
                              format_id(prefix::media, world.add_media("%PDF-1.7", "application/pdf")));
    CHECK(node.service.send_message(World::scope, request, {}).error().text.find("application/pdf") !=
          std::string::npos);
    CHECK(scene.files.uploads == 2);
}

TEST_CASE("a single message that lost its handle waits in the queue for a new one") {
    Scene scene(store::Dialect::sqlite);
    World& world = scene.world;
    const Id media = world.add_media(png, "image/png");
    const Id message = world.add_single("+919811111111");
    world.execute("UPDATE messages SET content = '" +
                  Json{{"from", ""}, {"content", Json::parse(content_with(media))}}.dump() +
                  "' WHERE id = " + std::to_string(message));
    Node node(world);
    node.start();
    world.until([&] { return world.message(message).state == domain::State::sent; });
    CHECK(scene.files.uploads == 1);
    CHECK(world.message(message).outcome->attempts == 1);
}

TEST_CASE("the file of an inbound message is fetched until it is there, once") {
    std::atomic<int> asked = 0;
    std::string body = png;
    int fails = 2;
    bool gone = false;
    World world(GENERATE_REF(from_range(store::dialects())), "scripted",
                [&](const Json& input) -> std::optional<net::Reply> {
                    CHECK(input.at("url").text() == "https://scripted.example/file-7");
                    net::Reply reply;
                    reply.status = gone ? 410 : asked < fails ? 404 : 200;
                    ++asked;
                    reply.body = body;
                    return reply;
                });
    const auto fetch = [&] {
        store::MediaFetch row;
        world.writer.run([&](store::Session& session) {
            row.message = store::reserve_ids(session, 1);
            row.tenant = World::scope.tenant;
            row.connection = World::connection;
            row.handle = "file-7";
            row.mime = "image/png";
            row.due_at = world.clock.now_ms();
            store::media_fetches::insert(session, row);
        });
        return row.message;
    };
    const auto view = [&](Id message) {
        return world.database.database()
            .read([&](store::Session& session) {
                return store::media_fetches::of_message(session, World::scope, message);
            })
            .value();
    };
    Node one(world, "one"), two(world, "two");
    one.media.start();
    two.media.start();

    SECTION("it comes at the third try") {
        const Id message = fetch();
        world.until([&] { return view(message).fetch.state == "done"; });
        CHECK(asked == 3);
        REQUIRE(view(message).media);
        CHECK(view(message).media->mime == "image/png");
        CHECK(view(message).media->origin == "inbound");
        CHECK(view(message).media->size == static_cast<std::int64_t>(png.size()));
        CHECK(world.blobs.find(World::scope.tenant, view(message).media->sha256).ok());
        CHECK(world.number("SELECT bytes FROM media_usage") == static_cast<std::int64_t>(png.size()));
        // The same picture again is the same file.
        const Id again = fetch();
        world.until([&] { return view(again).fetch.state == "done"; });
        CHECK(view(again).media->id == view(message).media->id);
        CHECK(world.number("SELECT COUNT(*) FROM media") == 1);
    }
    SECTION("the provider says that it is gone") {
        gone = true;
        const Id message = fetch();
        world.until([&] { return view(message).fetch.state == "failed"; });
        CHECK(view(message).fetch.error.find("kept for a week") != std::string::npos);
        CHECK(asked == 1);
    }
    SECTION("it is a program") {
        fails = 0;
        body = "MZ\x90\x01 and so on";
        const Id message = fetch();
        world.until([&] { return view(message).fetch.state == "failed"; });
        CHECK(view(message).fetch.error.find("a program") != std::string::npos);
        CHECK(asked == 1);
        CHECK(world.number("SELECT COUNT(*) FROM media") == 0);
    }
    SECTION("nobody knows what it is") {
        fails = 0;
        body = std::string("\x01\x02\x03\xfe\xff", 5);
        const Id message = fetch();
        world.until([&] { return view(message).fetch.state == "done"; });
        CHECK(view(message).media->mime == "application/octet-stream");
    }
}

TEST_CASE("bytes that nobody names are swept away, but no young ones") {
    World world(store::Dialect::sqlite);
    const Id media = world.add_media(png, "image/png");
    const auto row =
        world.database.database()
            .read([&](store::Session& session) { return store::media::find(session, World::scope, media); })
            .value();
    const auto named = [&](Id tenant, std::span<const std::string> sha256) {
        return world.database.database().read([&](store::Session& session) {
            return store::media::known(session, store::Scope{tenant}, sha256);
        });
    };
    const auto sweep = [&] { world.blobs.sweep(named, [] { return false; }); };
    const auto age = [&] {
        std::filesystem::last_write_time(
            world.blobs.find(row.tenant, row.sha256).value(),
            std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
    };
    age();
    sweep();
    CHECK(world.blobs.find(row.tenant, row.sha256).ok());
    world.writer.run(
        [&](store::Session& session) { CHECK(store::media::remove(session, World::scope, media)); });
    CHECK(world.number("SELECT bytes FROM media_usage") == 0);
    world.add_media(png, "image/png");  // uploaded again: young, and then named again
    world.execute("DELETE FROM media");
    sweep();
    CHECK(world.blobs.find(row.tenant, row.sha256).ok());
    age();
    sweep();
    CHECK_FALSE(world.blobs.find(row.tenant, row.sha256).ok());
}
