// The database goes away below a running server and comes back: clear answers meanwhile, nothing lost.
#include "chaos/proxy.hpp"
#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 900;

// A way to the database that can be cut.
class Way {
public:
    explicit Way(int port) : proxy_({port}) {}
    int port() const { return proxy_.port(); }
    void cut() {
        proxy_.swallow(true);  // a new session ends at the database's greeting
        proxy_.reset();
    }
    void mend() { proxy_.swallow(false); }

private:
    chaos::Proxy proxy_;
};

void require_says_so(const Answer& answer) {
    INFO(answer.body);
    REQUIRE(answer.status == 503);
    REQUIRE(answer.type == "application/problem+json");
    REQUIRE(answer.json().at("code").text() == "unavailable");
    REQUIRE(answer.json().at("detail").text().find("the database") == 0);
    REQUIRE_FALSE(answer.json().at("request_id").text().empty());
}

}  // namespace

TEST_CASE("the database is away: 503 and a clear problem; it returns: the campaign goes on by itself") {
    const auto database = dakiya::store::mysql_server();
    if (!database) {
        WARN("only a database server can go away, and none is given");
        return;
    }
    Way way(database->port);
    Setup setup;
    setup.settings = {
        {"store.host", "127.0.0.1"}, {"store.port", std::to_string(way.port())}, {"store.socket", ""}};
    setup.sim = Json{{"webhooks", Json{{"retry_ms", 100}, {"retries", Json{{"meta", 100}}}}}};
    World world(Dialect::mysql, setup);
    REQUIRE(world.import(make_customers(people).csv).at("created").integer() == people);
    const std::string meta = world.connect("meta");
    world.sync_templates(meta);
    const std::string id =
        world.send_campaign(meta, order_update(), Json{{"all", true}}, Json{{"per_second", 300}});
    wait_until("the campaign to get going", 30s, [&] { return world.sim().accepted("meta") >= 200; });

    way.cut();
    wait_until("the server to notice", 10s, [&] { return world.api().ask("GET", "/readyz").status == 503; });
    require_says_so(world.api().ask("GET", "/readyz"));
    require_says_so(world.api().ask("GET", "/v1/campaigns/" + id));
    const Json message{
        {"connection", meta}, {"to", "9898989898"}, {"content", Json{{"kind", "text"}, {"text", "Hi"}}}};
    require_says_so(world.api().ask("POST", "/v1/messages", message.dump()));
    require_says_so(world.api().ask("POST", "/webhooks/meta/" + meta, "{}"));
    REQUIRE(world.api().ask("GET", "/healthz").status == 200);

    way.mend();
    wait_until("the server to be ready again", 10s,
               [&] { return world.api().ask("GET", "/readyz").status == 200; });
    world.wait_completed(id, 60s);
    world.sim().wait_for_webhooks(60s);
    world.sim().require_no_complaints();
    wait_settled(world, id, "meta", people);
    require_same_funnel(world, id, "meta");
    REQUIRE(world.stop() == 0);
}
