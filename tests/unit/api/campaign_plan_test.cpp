// The plan of a campaign over the API: what is taken, shown back and refused.
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using namespace dakiya::api::test;

namespace {

std::string field_of(World& world, const std::string& path, const std::string& body) {
    const auto answer = world.ask("PATCH", path, body);
    CHECK(answer.status == 422);
    return answer.json.value("field", "");
}

}  // namespace

TEST_CASE("a campaign's plan: defaults, changes, refusals") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string path = "/v1/campaigns/" + world.new_campaign();
    const auto draft = world.ask("GET", path).json;
    CHECK(draft.at("category").text() == "marketing");
    CHECK(draft.at("quiet_hours").boolean());
    CHECK(draft.at("window").is_null());
    CHECK(draft.at("stop").at("max_failed_percent").integer() == 30);
    CHECK(draft.at("series").is_null());
    CHECK(draft.at("canary_state").is_null());

    const auto changed = world.ask(
        "PATCH", path,
        R"({"window":{"from":"09:00","to":"17:00","days":["mon"],"zone":"recipient"},"canary":{"count":5},"stop":null})");
    REQUIRE(changed.status == 200);
    CHECK(changed.json.at("window").at("days").size() == 1);
    CHECK(changed.json.at("canary").at("hold_s").integer() == 600);
    CHECK(changed.json.at("canary_state").text() == "waiting");
    CHECK(world.ask("PATCH", path, R"({"window":null})").json.at("window").is_null());
    CHECK(world.ask("GET", path).json.at("canary").at("count").integer() == 5);

    CHECK(field_of(world, path, R"({"category":"spam"})") == "category");
    CHECK(field_of(world, path, R"({"quiet_hours":false})") == "quiet_hours_reason");
    CHECK(field_of(world, path, R"({"window":{"from":"09:00","to":"9"}})") == "window.to");
    CHECK(field_of(world, path, R"({"canary":{"count":5,"percent":5}})") == "canary");
    CHECK(field_of(world, path, R"({"schedule":{"at":"2001-01-01T00:00"}})") == "schedule.at");
    CHECK(field_of(world, path, R"({"schedule":{"at":"2001-01-01T00:00","repeat":"FREQ=DAILY;COUNT=2"}})") ==
          "schedule.repeat");
    CHECK(field_of(world, path, R"({"schedule":{"at":"2099-01-01T00:00"},"scheduled_at":4070908800000})") ==
          "schedule");
    CHECK(world.ask("PATCH", path, R"({"category":"transactional"})").json.at("quiet_hours").boolean() ==
          false);
}

TEST_CASE("a schedule becomes an instant, by its zone") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string path = "/v1/campaigns/" + world.new_campaign();
    const auto scheduled = [&](const char* zone) {
        return world
            .ask("PATCH", path,
                 std::string(R"({"schedule":{"at":"2099-01-01T10:00","zone":")") + zone + "\"}}")
            .json.at("scheduled_at")
            .integer();
    };
    const std::int64_t utc = 4'070'944'800'000;  // 2099-01-01T10:00Z
    CHECK(scheduled("UTC") == utc);
    CHECK(scheduled("Asia/Kolkata") == utc - 19'800'000);
    CHECK(scheduled("recipient") == utc - 14 * 3'600'000);
    // An instant instead takes the schedule away, and nothing both.
    const auto instant = world.ask("PATCH", path, R"({"scheduled_at":4070944800000})").json;
    CHECK(instant.at("schedule").is_null());
    CHECK(world.ask("PATCH", path, R"({"schedule":{"at":"2099-01-01T10:00","zone":"UTC"}})").status == 200);
    const auto none = world.ask("PATCH", path, R"({"schedule":null})").json;
    CHECK(none.at("scheduled_at").integer() == 0);

    const auto repeated = world.ask(
        "PATCH", path, R"({"schedule":{"at":"2001-01-01T10:00","zone":"UTC","repeat":"FREQ=DAILY"}})");
    REQUIRE(repeated.status == 200);
    CHECK(repeated.json.at("scheduled_at").integer() > world.database.clock().now_ms());
    CHECK(repeated.json.at("scheduled_at").integer() <= world.database.clock().now_ms() + 86'400'000);
    CHECK(world.ask("GET", path + "/runs").json.at("items").empty());
}

TEST_CASE("retry makes a draft for those who failed") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string id = world.new_campaign();
    const std::string path = "/v1/campaigns/" + id;
    CHECK(world.ask("POST", path + "/retry", "{}").status == 409);
    REQUIRE(world.ask("POST", path + "/send").status == 200);
    const auto retry = world.ask("POST", path + "/retry", R"({"classes":["provider","throttled"]})");
    REQUIRE(retry.status == 201);
    CHECK(retry.json.at("state").text() == "draft");
    CHECK(retry.json.at("audience").at("campaign").text() == id);
    CHECK(retry.json.at("audience").at("classes").size() == 2);
    CHECK(retry.json.at("content").dump() == world.ask("GET", path).json.at("content").dump());
    CHECK(world.ask("POST", path + "/retry", R"({"classes":["whatever"]})").json.at("field").text() ==
          "classes");

    const std::string draft = "/v1/campaigns/" + retry.json.at("id").text();
    for (const char* state : {"sent", "delivered", "uncertain", "queued"}) {
        CAPTURE(state);
        CHECK(field_of(world, draft,
                       R"({"audience":{"campaign":")" + id + R"(","states":[")" + state + "\"]}}") ==
              "audience.states");
    }
}
