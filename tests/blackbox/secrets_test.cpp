// Credentials are told once and never come out again: not in answers, not in logs, not in the database.
#include "canary.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

// Those that World::connect() enters; the simulator knows them too, so they really work.
const std::vector<std::string> canaries{"sim-meta-token-that-is-secret", "sim-app-secret", "sim-verify-token",
                                        "0123456789abcdef0123456789abcdef", "270001ASimAuthKey"};

void require_clean(const std::string& where, const std::string& text) {
    require_none_in(where, text, canaries);
}

}  // namespace

TEST_CASE("credentials never come out again") {
    Setup setup;
    setup.settings["log.level"] = "trace";
    World world(GENERATE_REF(from_range(dialects())), setup);
    const Client& api = world.api();
    std::vector<std::string> connections;
    for (const char* provider : {"meta", "twilio", "msg91"}) connections.push_back(world.connect(provider));
    world.sync_templates(connections[0]);

    // Every way in which a connection is shown, used, changed and goes wrong.
    for (const std::string& connection : connections) {
        const std::string path = "/v1/connections/" + connection;
        require_clean("GET " + path, api.ask("GET", path).body);
        require_clean("test", api.ask("POST", path + "/test").body);
        require_clean("PATCH", api.ask("PATCH", path, R"({"name":"Renamed"})").body);
        require_clean("PATCH settings", api.ask("PATCH", path, R"({"settings":{"nope":1}})").body);
    }
    require_clean("list", api.ask("GET", "/v1/connections").body);
    const Json account{{"access_token", canaries[0]}, {"phone_number_id", "not a number"}, {"waba_id", "1"}};
    require_clean(
        "refused settings",
        api.ask("POST", "/v1/connections", Json{{"provider", "meta"}, {"settings", account}}.dump()).body);
    const Client::Headers key{{"Idempotency-Key", "connect-1"}};
    const Json twilio{{"account_sid", "AC00000000000000000000000000000001"}, {"auth_token", canaries[3]}};
    require_clean(
        "created with a key",
        api.ask("POST", "/v1/connections", Json{{"provider", "twilio"}, {"settings", twilio}}.dump(), key)
            .body);

    const Json hi{{"kind", "text"}, {"text", "Hi"}};
    for (const std::string& connection : connections)
        require_clean("message",
                      api.ask("POST", "/v1/messages",
                              Json{{"connection", connection}, {"to", "9812345678"}, {"content", hi}}.dump())
                          .body);
    wait_until("messages to have an end", 30s, [&] {
        for (const Json& message : api.all("/v1/messages"))
            if (const std::string state = message.at("state"); state == "queued" || state == "sending")
                return false;
        return true;
    });
    // The provider withdraws the token: its refusal may quote it.
    world.sim().configure(Json{{"meta", Json{{"access_token", "another-token-of-the-provider"}}}});
    require_clean("test of a withdrawn token",
                  api.ask("POST", "/v1/connections/" + connections[0] + "/test").body);
    world.sim().wait_for_webhooks(30s);
    require_clean("messages", api.ask("GET", "/v1/messages").body);
    require_clean("audit", api.ask("GET", "/v1/connections/" + connections[0]).body);

    REQUIRE(world.stop() == 0);
    REQUIRE(all_texts(world.database().session()).find("AC00000000000000000000000000000001") !=
            std::string::npos);  // no secret, so it is there
    require_left_nowhere(world, canaries);
}
