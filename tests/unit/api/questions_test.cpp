// What the API asks of a provider while somebody waits: templates, balance, senders, webhook, read marks.
#include <catch2/catch.hpp>

#include "store/audit.hpp"
#include "store/template_syncs.hpp"
#include "store/templates.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::api;
using test::World;

namespace {

const std::string order = R"({"name":"order","language":"en","category":"utility",
    "components":[{"type":"BODY","text":"Order {{1}} is on its way."}]})";

// A campaign that sends the template "order", in this state.
void add_campaign(World& world, const std::string& connection, domain::CampaignState state,
                  bool as_second_step) {
    const std::string content = R"({"kind":"template","template":{"name":"order","language":"en"}})";
    world.database.writer().run([&](store::Session& session) {
        store::Campaign row;
        row.id = 7'000;
        row.tenant = world.shop.scope.tenant;
        row.name = "Sale";
        row.state = state;
        row.connection = *parse_id(prefix::connection, connection);
        row.channel = "sms";
        row.content = as_second_step ? R"({"kind":"text","text":"Hi"})" : content;
        if (as_second_step)
            row.fallback = R"([{"connection":")" + connection + R"(","channel":"sms","content":)" + content +
                           R"(,"after_s":0,"on_failure":true}])";
        row.audience = R"({"all":true})";
        store::campaigns::create(session, row);
    });
}

}  // namespace

TEST_CASE("a template is handed in at the provider and kept as pending") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string path = "/v1/connections/" + world.new_connection() + "/templates";
    world.send.answers = {
        {"template", Json{{"name", "order"}, {"language", "en"}, {"status", "pending"}, {"id", "77"}}}};
    const auto made = world.ask("POST", path, order);
    REQUIRE(made.status == 201);
    CHECK(made.json.at("status").text() == "pending");
    CHECK(made.json.at("category").text() == "utility");
    CHECK(made.json.at("variables") == Json::array({"1"}));
    REQUIRE(world.send.asked.size() == 1);
    CHECK(world.send.asked[0].op == "templates.create");
    CHECK(world.send.asked[0].input == Json::parse(order));

    CHECK(world.ask("POST", path, order).status == 409);
    CHECK(world.send.asked.size() == 1);

    const std::string own = "/v1/templates/" + made.json.at("id").text();
    CHECK(world.ask("DELETE", own).status == 204);
    CHECK(world.send.asked[1].input == Json{{"name", "order"}, {"language", "en"}, {"id", "77"}});
    CHECK(world.ask("GET", own).status == 404);
    CHECK(world.ask("DELETE", own).status == 404);
}

TEST_CASE("what the provider refuses leaves nothing here") {
    World world;
    const std::string path = "/v1/connections/" + world.new_connection() + "/templates";
    world.send.fails = Error{Code::provider_refused, "the name is taken", ""};
    const auto refused = world.ask("POST", path, order);
    CHECK(refused.status == 502);
    CHECK(refused.json.at("detail").text() == "the name is taken");
    CHECK(world.ask("GET", "/v1/templates").json.at("items").empty());

    world.send.fails.reset();
    const std::string id = world.ask("POST", path, order).json.at("id").text();
    world.send.fails = Error{Code::unsupported, "no", ""};
    CHECK(world.ask("DELETE", "/v1/templates/" + id).status == 422);
    CHECK(world.ask("GET", "/v1/templates/" + id).status == 200);
}

TEST_CASE("a sync that runs while a template is made does not take it for gone") {
    World world(GENERATE(from_range(store::dialects())));
    const std::string connection = world.new_connection();
    store::TemplateSync sync;
    sync.connection = *parse_id(prefix::connection, connection);
    sync.tenant = world.shop.scope.tenant;
    sync.run = 4;
    world.database.writer().run([&](store::Session& session) { store::template_syncs::save(session, sync); });
    const auto made = world.ask("POST", "/v1/connections/" + connection + "/templates", order);
    world.database.writer().run([&](store::Session& session) {
        CHECK(store::templates::mark_gone(session, world.shop.scope, sync.connection, 4, 1) == 0);
        CHECK(store::templates::mark_gone(session, world.shop.scope, sync.connection, 5, 1) == 1);
    });
    // One that is gone may be made again, and is the same row; it is removed without a question.
    const auto again = world.ask("POST", "/v1/connections/" + connection + "/templates", order);
    CHECK(again.json.at("id") == made.json.at("id"));
    world.database.writer().run([&](store::Session& session) {
        store::templates::mark_gone(session, world.shop.scope, sync.connection, 5, 1);
    });
    world.send.asked.clear();
    CHECK(world.ask("DELETE", "/v1/templates/" + made.json.at("id").text()).status == 204);
    CHECK(world.send.asked.empty());
}

TEST_CASE("a template that a campaign is to send is not deleted") {
    World world;
    const std::string connection = world.new_connection();
    const std::string own =
        "/v1/templates/" +
        world.ask("POST", "/v1/connections/" + connection + "/templates", order).json.at("id").text();
    using domain::CampaignState;
    const auto state = GENERATE(CampaignState::scheduled, CampaignState::sending, CampaignState::paused);
    add_campaign(world, connection, state, GENERATE(false, true));
    const auto refused = world.ask("DELETE", own);
    CHECK(refused.status == 409);
    CHECK(refused.json.at("detail").text().find("Sale") != std::string::npos);
    world.database.writer().run(
        [&](store::Session& session) { session.execute("UPDATE campaigns SET state = 4"); });
    CHECK(world.ask("DELETE", own).status == 204);
}

TEST_CASE("balance, senders and options are the provider's words of now") {
    World world;
    const std::string path = "/v1/connections/" + world.new_connection();
    CHECK(world.ask("GET", path + "/balance").status == 502);  // it told nothing
    world.send.answers = {{"balance", Json{{"amount", "12.50"}, {"currency", "INR"}}},
                          {"sender", Json{{"id", "+919800000000"}, {"name", "Shop"}, {"inner", "x"}}},
                          {"option", Json{{"value", "1"}, {"title", "One"}}}};
    CHECK(world.ask("GET", path + "/balance").json == Json{{"amount", "12.50"}, {"currency", "INR"}});
    const auto senders = world.ask("GET", path + "/senders");
    REQUIRE(senders.json.at("items").size() == 1);
    CHECK(senders.json.at("items").at(0).at("name").text() == "Shop");
    CHECK_FALSE(senders.json.at("items").at(0).contains("inner"));
    CHECK(world.ask("GET", path + "/options?field=template").json.at("items").size() == 1);
    CHECK(world.send.asked.back().input == Json{{"field", "template"}});
    CHECK(world.ask("GET", path + "/options").status == 422);
    world.send.fails = Error{Code::unavailable, "no answer", ""};
    CHECK(world.ask("GET", path + "/balance").status == 503);
}

TEST_CASE("the provider is told our address") {
    World world;
    const std::string id = world.new_connection();
    world.send.answers = {{"note", Json{{"text", "subscribed"}}}};
    const auto told = world.ask("POST", "/v1/connections/" + id + "/webhook");
    CHECK(told.json ==
          Json{{"webhook_url", "https://api.example/webhooks/crowd/" + id}, {"text", "subscribed"}});
    CHECK(world.send.asked.back().input == Json{{"url", "https://api.example/webhooks/crowd/" + id}});
    world.services.public_url.clear();
    CHECK(world.ask("POST", "/v1/connections/" + id + "/webhook").status == 409);
    CHECK(world.send.asked.size() == 1);
}

TEST_CASE("an inbound message is marked as read by the provider's id") {
    World world;
    store::Message message;
    message.id = 7'000;
    message.tenant = world.shop.scope.tenant;
    message.connection = *parse_id(prefix::connection, world.new_connection());
    message.channel = "sms";
    message.address = "+919812345678";
    message.origin = domain::Origin::inbound;
    message.state = domain::State::received;
    message.params = "{}";
    message.content = R"({"kind":"inbound","id":"wamid.1","message":{"kind":"text","text":"Hi"}})";
    store::Message ours = message;
    ours.id = 7'001;
    ours.origin = domain::Origin::single;
    world.database.writer().run([&](store::Session& session) {
        store::messages::insert(session, std::vector<store::Message>{message, ours});
    });
    const auto read = [&](Id id) {
        return world.ask("POST", "/v1/messages/" + format_id(prefix::message, id) + "/read", "{}").status;
    };
    CHECK(read(7'000) == 204);
    CHECK(world.send.asked.back().op == "mark_read");
    CHECK(world.send.asked.back().input.at("id").text() == "wamid.1");
    CHECK(read(7'001) == 409);
}
