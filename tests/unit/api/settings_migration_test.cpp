// Settings that were stored for an earlier version of a plugin (tests/plugins/moved.cpp).
#include "api/settings_migration.hpp"

#include <catch2/catch.hpp>

#include "api/connection_settings.hpp"
#include "net/redact.hpp"
#include "send/connections.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;

namespace {

plugin::Registry& moved_registry() {
    static const SystemClock clock;
    static const std::unique_ptr<plugin::Registry> loaded = [] {
        plugin::Registry::Options options;
        options.folders = {MOVED_FOLDER};
        options.probe_command = {CROWD_INSPECT};
        auto made = std::make_unique<plugin::Registry>(std::move(options), clock);
        for (const auto& one : made->load_all())
            if (!one.ok) throw std::runtime_error(one.sentence);
        return made;
    }();
    return *loaded;
}

struct Upgrade {
    test::World world{GENERATE_REF(from_range(store::dialects()))};
    plugin::Environment environment;
    net::Redactor redactor;
    send::Connections connections{
        {world.database.database(), moved_registry(), world.vault, redactor, "", environment}};

    // As the server of before has left it.
    Id add(const Json& settings, const std::string& token, const std::string& state = "enabled") {
        store::Connection row;
        row.id = world.ids.next();
        row.tenant = world.shop.scope.tenant;
        row.provider = "moved";
        row.name = "Moved";
        row.state = state;
        row.settings = settings.dump();
        row.secrets =
            Json{{"token", *world.vault.seal({row.tenant, "connections", "token", row.id}, token)}}.dump();
        world.database.writer().run(
            [&](store::Session& session) { store::connections::create(session, row); });
        moved_registry().forget(row.id);
        return row.id;
    }
    void start() {
        SettingsMigration{
            world.database.database(), world.database.writer(), moved_registry(), environment, world.vault,
            world.database.clock()}
            .run();
    }
    store::Connection row(Id id) {
        return *world.database.database().read(
            [&](store::Session& session) { return store::connections::find(session, world.shop.scope, id); });
    }
    std::string check(Id id) {
        const auto opened = connections.open(world.shop.scope, id);
        if (!opened) return opened.error().text;
        plugin::Turn turn;
        turn.op = "check";
        return opened->plugin->advance(turn).records.at(0).json.at("text").text();
    }
};

}  // namespace

TEST_CASE("a newer plugin migrates the settings when the server starts, secrets included") {
    Upgrade upgrade;
    const Id id = upgrade.add(Json{{"zone", "north"}}, "s3cret-token");
    CHECK(upgrade.check(id).find("do not fit Moved 2.0.0") != std::string::npos);
    upgrade.start();
    const auto row = upgrade.row(id);
    CHECK(row.settings == R"({"region":"eu"})");
    CHECK(row.settings_version == 2);
    CHECK(row.version == 2);
    CHECK(row.state == "enabled");
    CHECK(row.secrets.find("s3cret") == std::string::npos);
    CHECK(*open_settings(upgrade.world.vault, row) == Json{{"region", "eu"}, {"token", "s3cret-token"}});
    CHECK(upgrade.check(id) == "the region is eu");
    upgrade.start();
    CHECK(upgrade.row(id).version == 2);  // once
}

TEST_CASE("settings that cannot be migrated need attention, and nothing else stops") {
    Upgrade upgrade;
    const Id closed = upgrade.add(Json{{"zone", "west"}}, "s3cret-token");
    const Id moon = upgrade.add(Json{{"zone", "moon"}}, "s3cret-token");
    const Id disabled = upgrade.add(Json{{"zone", "west"}}, "s3cret-token", "disabled");
    const Id good = upgrade.add(Json{{"zone", "south"}}, "s3cret-token");
    upgrade.start();
    CHECK(upgrade.row(closed).state == "needs_attention");
    CHECK(upgrade.row(closed).state_text.find("the zone \"west\" has been closed: choose a region") !=
          std::string::npos);
    CHECK(upgrade.row(closed).settings == R"({"zone":"west"})");
    CHECK(upgrade.row(moon).state == "needs_attention");
    CHECK(upgrade.row(moon).state_text.find("does not fit either") != std::string::npos);
    CHECK(upgrade.row(disabled).state == "disabled");
    CHECK(upgrade.check(good) == "the region is in");
}

TEST_CASE("settings that fit are left alone, and so are providers that are not there") {
    Upgrade upgrade;
    const Id fits = upgrade.add(Json{{"region", "in"}}, "s3cret-token");
    const Id other = upgrade.add(Json{{"zone", "north"}}, "s3cret-token");
    upgrade.world.database.writer().run([&](store::Session& session) {
        session.execute("UPDATE connections SET provider = 'gone' WHERE id = ?", {other});
    });
    upgrade.start();
    CHECK(upgrade.row(fits).version == 1);
    CHECK(upgrade.row(other).version == 1);
    CHECK(upgrade.row(other).state == "enabled");
}
