// Files of ours in the headers of a new template: what the plugin is given, and what is refused before it.
#include "send/template_files.hpp"

#include <fstream>

#include "databases.hpp"
#include "domain/media.hpp"
#include "store/ids.hpp"

using namespace dakiya;

namespace {

struct World {
    explicit World(store::Dialect dialect) : database(dialect) {}
    ~World() { std::filesystem::remove_all(folder); }

    std::string add(store::Scope owner, const std::string& bytes, const std::string& mime, bool kept = true) {
        store::IncomingBlob blob = blobs.incoming();
        std::ofstream(blob.path(), std::ios::binary) << bytes;
        blob.read();
        store::Media media;
        database.writer().run([&](store::Session& session) {
            media = {store::reserve_ids(session, 1),
                     owner.tenant,
                     blob.sha256,
                     blob.size,
                     mime,
                     "a.file",
                     "upload",
                     1};
            store::media::add(session, media, 0);
        });
        if (kept) blobs.keep(blob, owner.tenant);
        return format_id(prefix::media, media.id);
    }

    Result<send::Question> ask(const std::string& components) {
        return send::template_question(database.database(), scope, blobs, manifest,
                                       Json{{"name", "sale"}, {"components", Json::parse(components)}});
    }

    store::TestDatabase database;
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("dakiya-send-" + random_token());
    const store::BlobFolder blobs{folder};
    const store::Scope scope{41};
    plugin::Manifest manifest = [] {
        plugin::Manifest made;
        made.name = "Acme";
        made.ops["templates.create"] = Json{{"files", true}};
        return made;
    }();
};

std::string header(const std::string& format, const std::string& media) {
    return R"({"type":"HEADER","format":")" + format + R"(","example":{"media":")" + media + R"("}})";
}

std::string body(const std::string& text) { return R"({"type":"BODY","text":")" + text + R"("})"; }

}  // namespace

TEST_CASE("the plugin is given numbers of the files that a template's headers show, and nothing else") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const std::string picture = world.add(world.scope, "four", "image/png");
    const std::string paper = world.add(world.scope, "%PDF-1.7", "application/pdf");
    const auto question =
        world.ask("[" + header("DOCUMENT", paper) + "," + body("Hi") +
                  R"(,{"type":"CAROUSEL","cards":[{"components":[)" + header("IMAGE", picture) +
                  R"(]},{"components":[)" + header("IMAGE", picture) + "," + body("Now") + "]}]}]");
    REQUIRE(question);
    CHECK(question->op == "templates.create");
    CHECK(question->input["name"] == Json("sale"));
    const Json& components = question->input["components"];
    const Id number = *parse_id(prefix::media, picture);
    const Json expected{{"blob", number}, {"type", "image/png"}, {"size", 4}, {"filename", "a.file"}};
    const Json& cards = components.at(2)["cards"];
    CHECK(cards.at(0)["components"].at(0)["example"]["media"] == expected);
    CHECK(cards.at(1)["components"].at(0)["example"]["media"] == expected);
    CHECK(components.at(0)["example"]["media"]["size"] == Json(8));
    CHECK(components.at(1) == Json::parse(body("Hi")));
    REQUIRE(question->files);
    CHECK(question->files->size() == 2);
    CHECK(question->files->at(static_cast<std::uint64_t>(number)).mime == "image/png");
    CHECK(question->patience > send::Question{}.patience);
}

TEST_CASE("a template without files of ours is asked for as it came, whatever the plugin takes") {
    World world(store::Dialect::sqlite);
    world.manifest.ops["templates.create"] = Json::object();
    const std::string components =
        R"([{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4:aW"]}},)" + body("Hi") + "]";
    const auto question = world.ask(components);
    REQUIRE(question);
    CHECK(question->input["components"] == Json::parse(components));
    CHECK_FALSE(question->files);
    CHECK(question->patience == send::Question{}.patience);
}

TEST_CASE("a file that cannot be shown is refused with its place, before anything leaves") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const std::string picture = world.add(world.scope, "four", "image/png");
    const std::string theirs = world.add(store::Scope{42}, "theirs", "image/png");
    const std::string lost = world.add(world.scope, "lost", "image/png", false);
    const auto refused = [&](const std::string& components, Code code, const std::string& field,
                             const std::string& part) {
        const auto question = world.ask("[" + components + "]");
        REQUIRE_FALSE(question);
        CHECK(question.error().code == code);
        CHECK(question.error().field == field);
        CHECK_THAT(question.error().text, Catch::Contains(part));
    };
    const std::string first = "components.0.example.media";
    refused(header("IMAGE", theirs), Code::invalid, first, "there is no file " + theirs);
    refused(header("IMAGE", "med_1"), Code::invalid, first, "the id of a file of ours");
    refused(R"({"type":"HEADER","format":"IMAGE","example":{"media":{"blob":7}}})", Code::invalid, first,
            "the id of a file of ours");
    refused(header("VIDEO", picture), Code::invalid, first, "is image/png, which a header of format VIDEO");
    refused(header("TEXT", picture), Code::invalid, first, "only a HEADER of format");
    refused(R"({"type":"BODY","format":"IMAGE","example":{"media":")" + picture + R"("}})", Code::invalid,
            first, "only a HEADER of format");
    refused(R"({"type":"HEADER","format":"IMAGE","example":{"header_handle":["4:a"],"media":")" + picture +
                R"("}})",
            Code::invalid, first, "one file");
    refused(header("IMAGE", lost), Code::unavailable, first, "");
    refused(
        body("Hi") + R"(,{"type":"CAROUSEL","cards":[{"components":[)" + header("VIDEO", picture) + "]}]}",
        Code::invalid, "components.1.cards.0.components.0.example.media", "VIDEO");

    world.manifest.ops["templates.create"] = Json::object();
    refused(header("IMAGE", picture), Code::unsupported, first, "Acme takes no file from here");
}
