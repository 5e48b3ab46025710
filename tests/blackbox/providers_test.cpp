// Each provider's whole day, from its form to its last report: tests/accounts has one file a provider.
#include "canary.hpp"
#include "customers.hpp"
#include "funnel.hpp"
#include "pictures.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 500;

// A little of everything that providers do to their reports.
Json rough_statuses() {
    return Json{{"statuses", Json{{"delivered_percent", 90},
                                  {"read_percent", 40},
                                  {"failed_percent", 5},
                                  {"repeat_percent", 10},
                                  {"reorder_percent", 10}}}};
}

// What the form of this provider takes as secret, as the account has it.
std::vector<std::string> secrets_of(World& world, const std::string& provider) {
    const Json settings = settings_for(provider);
    std::vector<std::string> secrets;
    const Json shown = world.api().get("/v1/providers/" + provider_of(provider));
    for (const auto& [field, property] : shown.at("settings").at("properties").members())
        if (property.value("x-secret", false) && settings.contains(field))
            secrets.push_back(settings.at(field));
    return secrets;
}

void require_same_end(World& world, const std::string& campaign, const std::string& provider) {
    const Json final = world.sim().summary(provider).at("final");
    const auto agree = [&] {
        const auto states = world.states(campaign);
        for (const char* state : {"delivered", "read", "failed"})
            if ((states.contains(state) ? states.at(state) : 0) != final.value(state, 0)) return false;
        return true;
    };
    wait_until(provider + "'s reports to be worked off", 30s, agree,
               [&] { return final.dump() + world.api().get("/v1/campaigns/" + campaign + "/stats").dump(); });
    require_same_funnel(world, campaign, provider);
}

std::string contact_with(World& world, const std::string& number) {
    for (const Json& contact : world.api().all("/v1/contacts"))
        if (contact.value("phone", "") == number) return contact.at("id");
    FAIL("no contact has " << number);
    return {};
}

// A picture of ours goes to a stranger, uploaded or by its address as the provider takes it.
void require_picture_goes_out(World& world, const std::string& connection, const std::string& provider) {
    const Json* outbound = account_of(provider).find("outbound_file");
    if (!outbound) return;
    const std::string media =
        world.api()
            .ask("POST", "/v1/media?filename=a.png", picture(10'000), {{"Content-Type", "image/png"}})
            .json()
            .at("id");
    const std::string message =
        world.api()
            .post("/v1/messages",
                  Json{{"connection", connection},
                       {"channel", outbound->at("channel")},
                       {"to", "+919899999999"},
                       {"content",
                        Json{{"kind", "media"}, {"media", Json{{"type", "image"}, {"media", media}}}}}},
                  202)
            .at("id");
    wait_until(
        provider + " to take a picture", 30s, [&] { return world.sim().accepted(provider) == people + 1; },
        [&] { return world.api().get("/v1/messages/" + message).dump(); });
    REQUIRE(world.sim().summary(provider).at("uploads") == outbound->at("uploads"));
}

// A person of the campaign sends a picture: it is fetched as the provider gives it out, and kept.
void require_picture_arrives(World& world, const std::string& provider, const CustomerFile& file) {
    const Json* inbound = account_of(provider).find("inbound_file");
    if (!inbound) return;
    const std::string number = file.people.begin()->first, bytes = picture(20'000);
    Json message = *inbound;
    message.set("provider", provider);
    message.set("from", number.substr(1));
    message.set("text", "look");
    message.set("file", inbound_picture(bytes));
    world.sim().control().post("/inbound", message);
    Json kept;
    wait_until(
        provider + "'s picture", 30s,
        [&] {
            kept = inbound_message(world, number);
            return kept["media"].is_object() && kept["media"].contains("id");
        },
        [&] { return kept.dump(); });
    REQUIRE(kept.at("media").at("type").text() == "image/png");
    const std::string content = "/v1/media/" + kept.at("media").at("id").text() + "/content";
    REQUIRE(world.api().ask("GET", content).body == bytes);
}

// A person of the campaign writes STOP: the message is kept, and nothing more goes there.
void require_stop_heard(World& world, const std::string& connection, const std::string& provider,
                        const CustomerFile& file) {
    const Json& account = account_of(provider);
    const Json* inbound = account.find("inbound");
    if (!inbound) return;
    const std::string number = file.people.begin()->first;
    Json message = *inbound;
    message.set("provider", provider);
    message.set("from", number.substr(1));
    message.set("text", "STOP");
    world.sim().control().post("/inbound", message);
    wait_until("STOP to be heard", 20s, [&] { return !world.api().all("/v1/suppressions").empty(); });
    const Json closed = world.api().all("/v1/suppressions").front();
    INFO(closed.dump());
    REQUIRE(closed.at("address").text() == number);

    const Json& refused = account.at(account.contains("after_stop") ? "after_stop" : "campaign");
    Json once_more{{"connection", connection},
                   {"channel", refused.at("channel")},
                   {"contact", contact_with(world, number)},
                   {"content", refused.at("content")}};
    const Json after = world.api().post("/v1/messages", once_more, 202);
    INFO(after.dump());
    REQUIRE(after.at("state").text() == "skipped");
    REQUIRE(world.sim().accepted(provider) == people);
}

}  // namespace

TEST_CASE(
    "each provider: connect, test, templates, 500 people, every report, a picture each way, STOP, no secret "
    "anywhere") {
    const std::string provider = GENERATE(from_range(providers_with_account()));
    DYNAMIC_SECTION(provider) {
        Setup setup;
        setup.sim = rough_statuses();
        setup.settings["log.level"] = "trace";
        World world(dialects().back(), setup);
        const Json& account = account_of(provider);
        const std::vector<std::string> secrets = secrets_of(world, provider);
        REQUIRE_FALSE(secrets.empty());
        const CustomerFile file = make_customers(people);
        REQUIRE(world.import(file.csv).at("created").integer() == people);

        const std::string connection = world.connect(provider);
        const Json verdict = world.api().post("/v1/connections/" + connection + "/test");
        INFO(verdict.dump());
        REQUIRE(verdict.at("ok").boolean());
        if (account.at("templates").boolean()) {
            world.sync_templates(connection);
            REQUIRE_FALSE(world.api().all("/v1/templates").empty());
        }

        const Json& campaign = account.at("campaign");
        const std::string id = world.send_campaign(connection, campaign.at("content"), Json{{"all", true}},
                                                   Json{{"channel", campaign.at("channel")}});
        world.wait_completed(id, 60s);
        world.sim().wait_for_webhooks(60s);
        REQUIRE(world.sim().accepted(provider) == people);
        if (account.value("reports", true))
            require_same_end(world, id, provider);
        else
            REQUIRE(world.states(id) == std::map<std::string, std::int64_t>{{"sent", people}});
        require_picture_arrives(world, provider, file);
        require_stop_heard(world, connection, provider, file);
        require_picture_goes_out(world, connection, provider);
        world.sim().require_no_complaints();

        REQUIRE(world.stop() == 0);
        require_left_nowhere(world, secrets);
    }
}
