#include "audience/import.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "../store/databases.hpp"
#include "store/contacts.hpp"
#include "store/tenants.hpp"

using namespace dakiya;
using namespace dakiya::audience;

namespace {

struct World {
    store::TestDatabase database;
    std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("dakiya-import-" + random_token() + ".csv");
    store::Scope scope{50};
    Imports::Options options;

    explicit World(store::Dialect dialect) : database(dialect) {
        options.page = 10;
        database.writer().run([](store::Session& session) {
            store::tenants::create(session, {50, "Shop", "IN", "Asia/Kolkata", "", 1});
        });
    }
    ~World() { std::filesystem::remove(file); }

    void upload(const std::string& text, const std::string& mapping = "{}") {
        std::ofstream(file, std::ios::binary) << text;
        store::Import row;
        row.id = 60;
        row.tenant = scope.tenant;
        row.file = file.string();
        row.mapping = mapping;
        row.created_at = database.clock().now_ms();
        database.writer().run([&](store::Session& session) { store::imports::create(session, row); });
    }
    store::Import run() {
        Imports imports(database.database(), database.writer(), database.clock(), options);
        imports.run_all();
        return row();
    }
    store::Import row() {
        return *database.database().read(
            [&](store::Session& session) { return store::imports::find(session, scope, 60); });
    }
    std::vector<store::ImportError> errors() {
        return database.database().read(
            [&](store::Session& session) { return store::imports::errors(session, scope, 60, 0, 1'000); });
    }
    std::int64_t people() {
        return database.database().read(
            [&](store::Session& session) { return store::contacts::count(session, scope, {}); });
    }
};

std::string file_of(int people) {
    std::string text = "phone,name\n";
    for (int i = 0; i < people; ++i)
        text += "98" + std::to_string(10'000'000 + i) + ",Person " + std::to_string(i) + "\n";
    return text;
}

}  // namespace

TEST_CASE("a file of several pages is imported, and imported again it only updates") {
    World world(GENERATE(from_range(store::dialects())));
    world.upload(file_of(35) + "bad,line\n");
    const auto done = world.run();
    CHECK(done.state == "done");
    CHECK(done.n_created == 35);
    CHECK(done.n_failed == 1);
    CHECK(done.next_row == 36);
    CHECK(world.people() == 35);
    CHECK(world.errors().at(0).line == 37);
    CHECK_FALSE(std::filesystem::exists(world.file));
}

TEST_CASE("after a crash an import goes on where it was committed, and knows its duplicates") {
    World world(GENERATE(from_range(store::dialects())));
    // The last line repeats a person of the part that was committed before the crash.
    world.upload(file_of(25) + "9810000003,Again\n");
    world.database.writer().run([&](store::Session& session) {
        store::Import row = *store::imports::find(session, world.scope, 60);
        row.state = "running";
        row.next_row = 20;
        row.n_created = 20;
        store::imports::progress(session, row, 0);
    });
    const auto done = world.run();
    CHECK(done.state == "done");
    CHECK(done.n_created == 25);
    CHECK(world.people() == 5);
    REQUIRE(world.errors().size() == 1);
    CHECK(world.errors().at(0).reason == "duplicate_in_file");
}

TEST_CASE("a file that cannot be read to its end says why and keeps what came before") {
    World world(store::Dialect::sqlite);
    world.upload(file_of(15) + "\"9811111111,Open\n" + file_of(3));
    const auto failed = world.run();
    CHECK(failed.state == "failed");
    CHECK(failed.error.find("line 17") != std::string::npos);
    CHECK(world.people() == 15);
}

TEST_CASE("a file with too many lines ends after the limit") {
    World world(store::Dialect::sqlite);
    world.options.most_rows = 12;
    world.upload(file_of(20));
    const auto failed = world.run();
    CHECK(failed.state == "failed");
    CHECK(failed.n_created == 12);
}

TEST_CASE("an e-mail address of somebody else is left out and told") {
    World world(GENERATE(from_range(store::dialects())));
    world.upload("phone,email\n9812345678,a@b.example\n9812345679,a@b.example\n");
    const auto done = world.run();
    CHECK(done.n_created == 2);
    CHECK(done.n_failed == 0);
    REQUIRE(world.errors().size() == 1);
    CHECK(world.errors().at(0).reason == "email_taken");
}

TEST_CASE("a file that is gone is waited for an hour, for it may be on another server") {
    World world(store::Dialect::sqlite);
    world.upload(file_of(1));
    std::filesystem::remove(world.file);
    CHECK(world.run().state == "queued");
    world.database.clock().advance(std::chrono::hours(2));
    const auto failed = world.run();
    CHECK(failed.state == "failed");
    CHECK(failed.error.find("upload it again") != std::string::npos);
}

TEST_CASE("the engine starts by itself on what was left, and on the bell") {
    World world(store::Dialect::sqlite);
    world.upload(file_of(3));
    Imports imports(world.database.database(), world.database.writer(), world.database.clock(),
                    world.options);
    imports.start();
    while (world.row().state != "done") std::this_thread::yield();
    imports.stop();
    CHECK(world.people() == 3);
}
