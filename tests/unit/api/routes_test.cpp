// Routes through the API: steps are read strictly, shown back, and uncertain messages are resolved by a
// person.
#include <catch2/catch.hpp>

#include "store/audit.hpp"
#include "store/fallbacks.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using domain::State;
using test::World;

namespace {

std::string campaign_body(const std::string& connection, const std::string& more) {
    return R"({"name":"x","audience":{"all":true},"content":{"kind":"text","text":"Hi"},"connection":")" +
           connection + "\"" + more + "}";
}

std::string fallback(const std::string& connection, const std::string& rule = "") {
    return R"(,"fallback":[{"connection":")" + connection + R"(","content":{"kind":"text","text":"Again"})" +
           rule + "}]";
}

// An uncertain message of the shop, of a campaign of one step more.
Id uncertain_message(World& world, const std::string& connection) {
    const Id id = 7'000, campaign = 6'999;
    world.database.writer().run([&](store::Session& session) {
        store::Campaign row;
        row.id = campaign;
        row.tenant = world.shop.scope.tenant;
        row.name = "x";
        row.state = domain::CampaignState::sending;
        row.connection = *parse_id(prefix::connection, connection);
        row.channel = "sms";
        row.content = R"({"kind":"text","text":"Hi"})";
        row.audience = R"({"all":true})";
        row.materialised = true;
        row.n_recipients = 1;
        row.fallback =
            R"([{"connection":")" + connection +
            R"(","channel":"sms","content":{"kind":"text","text":"B"},"after_s":0,"on_failure":true}])";
        store::campaigns::create(session, row);
        store::Message message;
        message.id = id;
        message.tenant = row.tenant;
        message.origin = domain::Origin::campaign;
        message.campaign = campaign;
        message.connection = row.connection;
        message.channel = "sms";
        message.address = "+919812345678";
        message.params = R"({"name":"Asha"})";
        store::messages::insert(session, std::span<const store::Message>(&message, 1));
        store::Outcome outcome;
        outcome.message = id;
        outcome.tenant = row.tenant;
        outcome.campaign = campaign;
        outcome.state = State::uncertain;
        outcome.cls = "other";
        outcome.code = "lost_owner";
        outcome.sent_at = world.database.clock().now_ms();
        store::outcomes::append(session, std::span<const store::Outcome>(&outcome, 1));
    });
    return id;
}

std::int64_t number(World& world, const std::string& sql) {
    return world.database.database().read(
        [&](store::Session& session) { return session.query(sql).at(0).integer(0); });
}

}  // namespace

TEST_CASE("a campaign's steps and policy are stored, shown and changed") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string connection = world.new_connection();
    const auto made = world.ask(
        "POST", "/v1/campaigns",
        campaign_body(connection, fallback(connection, R"(,"after_s":600)") + R"(,"on_uncertain":"resend")"));
    REQUIRE(made.status == 201);
    const Json& step = made.json.at("fallback").at(std::size_t{0});
    CHECK(step.at("connection").text() == connection);
    CHECK_FALSE(step.at("channel").text().empty());  // the provider's first
    CHECK(step.at("after_s").integer() == 600);
    CHECK(step.at("on_failure").boolean());
    CHECK(made.json.at("on_uncertain").text() == "resend");
    CHECK_FALSE(made.json.at("bound").text().empty());
    CHECK(made.json.at("steps").size() == 1);
    const std::string path = "/v1/campaigns/" + made.json.at("id").text();
    const auto read = world.ask("GET", path);
    CHECK(read.json.at("fallback") == made.json.at("fallback"));
    CHECK(read.json.at("certainty") ==
          world.ask("GET", "/v1/providers").json.at("items").at(0).at("certainty"));
    CHECK(world.ask("GET", path + "/stats").json.at("steps").size() == 1);

    const auto changed = world.ask("PATCH", path, R"({"fallback":[],"on_uncertain":"leave"})");
    REQUIRE(changed.status == 200);
    CHECK(changed.json.at("fallback").empty());
    CHECK(changed.json.at("bound").text().find("once") != std::string::npos);
}

TEST_CASE("a campaign's pace is that of its further steps, whatever the engine writes meanwhile") {
    World world(GENERATE(from_range(store::dialects())));
    uncertain_message(world, world.new_connection());  // of a campaign that is under way
    store::Campaign route, step;
    const auto read = [&](store::Session& session) {
        return *store::campaigns::find(session, world.shop.scope, 6'999);
    };
    world.database.writer().run([&](store::Session& session) {
        route = read(session);
        step = route;
        step.id = 6'998;
        step.parent = route.id;
        step.step = 1;
        store::campaigns::create(session, step);
        store::campaigns::add_page(session, route, 0, true, 0, 0, 0);  // as the engine does, after the read
        REQUIRE(store::campaigns::set_pace(session, route, 7));
    });
    const auto paces = [&] { return number(world, "SELECT SUM(per_second) FROM campaigns"); };
    CHECK(paces() == 14);
    const std::string path = "/v1/campaigns/" + format_id(prefix::campaign, route.id);
    CHECK(world.ask("PATCH", path, R"({"per_second":20})").json.at("per_second").integer() == 20);
    CHECK(paces() == 40);
    world.database.writer().run([&](store::Session& session) {
        store::campaigns::set_state(session, read(session), domain::CampaignState::completed, "", 1);
        CHECK_FALSE(store::campaigns::set_pace(session, route, 9));
    });
    CHECK(paces() == 40);
}

TEST_CASE("steps that could not be sent are refused by name") {
    World world;
    const std::string connection = world.new_connection();
    const auto refused = [&](const std::string& more) {
        const auto answer = world.ask("POST", "/v1/campaigns", campaign_body(connection, more));
        INFO(answer.response.body);
        CHECK(answer.status == 422);
        return answer.response.body;
    };
    CHECK(refused(fallback("con_0000000000001")).find("fallback[0].connection") != std::string::npos);
    CHECK(refused(fallback(connection, R"(,"channel":"pigeon")")).find("pigeon") != std::string::npos);
    CHECK(refused(fallback(connection, R"(,"on_failure":false)")).find("never begin") != std::string::npos);
    CHECK(refused(fallback(connection, R"(,"after_s":700000)")).find("after_s") != std::string::npos);
    CHECK(refused(R"(,"on_uncertain":"maybe")").find("on_uncertain") != std::string::npos);

    const auto single =
        world.ask("POST", "/v1/messages",
                  R"({"to":"+919812345678","content":{"kind":"text","text":"x"},"connection":")" +
                      connection + "\"" + fallback(connection) + "}");
    CHECK(single.status == 202);
    REQUIRE(world.send.last.fallback.size() == 1);
    CHECK_FALSE(world.send.last.fallback[0].channel.empty());
}

TEST_CASE("a person resolves an uncertain message") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string connection = world.new_connection();
    const Id id = uncertain_message(world, connection);
    const std::string path = "/v1/messages/" + format_id(prefix::message, id);
    CHECK(world.ask("GET", "/v1/messages?state=uncertain")
              .json.at("items")
              .at(0)
              .at("error")
              .at("code")
              .text() == "lost_owner");
    const std::string as = GENERATE("sent", "failed", "resend");
    const auto answer = world.ask("POST", path + "/resolve", R"({"as":")" + as + "\"}");
    REQUIRE(answer.status == 200);
    CHECK(answer.json.at("state").text() == (as == "sent" ? "sent" : "failed"));
    CHECK(world.ask("POST", path + "/resolve", R"({"as":"sent"})").status == 409);  // it is settled
    CHECK(number(world, "SELECT COUNT(*) FROM audit_log WHERE action = 'message.resolve'") == 1);
    CHECK(number(world, "SELECT COALESCE(SUM(n), 0) FROM campaign_deltas WHERE state = 4") == -1);
    // A failure goes on along the route; what is sent again does so itself.
    CHECK(number(world, "SELECT COUNT(*) FROM fallbacks") == (as == "failed" ? 1 : 0));
    CHECK(number(world, "SELECT COUNT(*) FROM queue") == (as == "resend" ? 1 : 0));
    if (as != "resend") return;
    const auto again = world.ask("GET", "/v1/messages/" + answer.json.at("resent_as").text());
    CHECK(again.json.at("after").text() == format_id(prefix::message, id));
    CHECK(again.json.at("state").text() == "queued");
    CHECK(again.json.at("campaign").is_null());
    CHECK(again.json.at("params").at("name").text() == "Asha");
    CHECK(again.json.at("content").at("content").at("text").text() == "Hi");
}
