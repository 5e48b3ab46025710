// Reading a provider's list of templates.
#include <catch2/catch.hpp>

#include "store/template_syncs.hpp"
#include "store/templates.hpp"
#include "world.hpp"

using namespace dakiya;

namespace {

Json template_record(const std::string& name) {
    return Json::array({"template", Json{{"name", name}, {"language", "en"}, {"status", "approved"}}});
}

std::string sync_state(World& world) {
    return world.database.database()
        .read([&](store::Session& session) {
            return store::template_syncs::find(session, World::scope, World::connection);
        })
        .value()
        .state;
}

std::int64_t gone(World& world) {
    return world.number("SELECT COUNT(*) FROM templates WHERE status = 'gone'");
}

void sync(World& world, Node& node, const std::string& end) {
    REQUIRE(node.template_sync.request(World::scope, World::connection));
    world.until([&] { return sync_state(world) == end; });
}

}  // namespace

TEST_CASE("templates that are not listed any more are gone, but only after a whole list") {
    World world(GENERATE_REF(from_range(store::dialects())), "scripted", [](const Json&) {
        return records({template_record("order"), template_record("sale")});
    });
    Node node(world);
    node.template_sync.start();
    sync(world, node, "done");
    CHECK(world.number("SELECT COUNT(*) FROM templates WHERE status = 'approved'") == 2);
    CHECK(gone(world) == 0);

    SECTION("the list got shorter") {
        world.provider.on_request([](const Json&) { return records({template_record("order")}); });
        sync(world, node, "done");
        CHECK(gone(world) == 1);
    }
    SECTION("the provider refuses") {
        world.provider.on_request([](const Json&) {
            return records(
                {Json::array({"account", Json{{"ok", false}, {"text", "the token has expired"}}})});
        });
        sync(world, node, "failed");
        CHECK(gone(world) == 0);
    }
    SECTION("the answer cannot be read") {
        world.provider.on_request([](const Json&) {
            net::Reply reply = records({});
            reply.body = "<html>";
            return reply;
        });
        sync(world, node, "failed");
        CHECK(gone(world) == 0);
    }
    SECTION("a page cannot be written") {
        if (world.database.database().dialect() == store::Dialect::sqlite) return;  // it takes any length
        world.provider.on_request(
            [](const Json&) { return records({template_record(std::string(5'000, 'n'))}); });
        sync(world, node, "failed");
        CHECK(gone(world) == 0);
    }
    node.template_sync.stop();
}

TEST_CASE("a provider that does not answer does not keep a sync from being stopped") {
    World world(store::Dialect::sqlite, "scripted", [](const Json&) { return std::nullopt; });
    Node node(world);
    REQUIRE(node.template_sync.request(World::scope, World::connection));
    node.template_sync.start();
    world.until([&] { return world.provider.hanging() == 1; });
    node.template_sync.stop();
    CHECK(sync_state(world) == "running");  // the next process goes on
}
