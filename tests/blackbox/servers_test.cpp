// Two servers on one database: what one of them leaves, the other takes over, and nobody gets it twice.
#include <chrono>
#include <csignal>

#include "base/id.hpp"
#include "customers.hpp"
#include "funnel.hpp"

using namespace blackbox;
using namespace std::chrono_literals;

namespace {

constexpr int people = 4'200;                // five chunks
constexpr std::int64_t takeover_ms = 6'000;  // what docs/reliability.md promises: the lease, and a second

std::int64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// Messages of a chunk that its owner had not marked yet.
struct Unmarked {
    std::int64_t from = 0, to = 0;
};

// The second server sends its share of a campaign; the first one hears the provider's events.
struct Pair {
    World world;
    std::unique_ptr<Server> other;
    std::string id;

    Pair() : world(Dialect::mysql, setup()), other(world.neighbour()) {
        other->start();
        REQUIRE(world.import(make_customers(people).csv).at("created").integer() == people);
        const std::string meta = world.connect("meta");
        world.sync_templates(meta);
        const Json draft{{"name", "Test"},
                         {"category", "transactional"},
                         {"connection", meta},
                         {"content", order_update()},
                         {"audience", Json{{"all", true}}},
                         {"per_second", 400}};
        id = world.api().post("/v1/campaigns", draft, 201).at("id").text();
        // There, so that it is the first to take chunks.
        world.api_at(*other).post("/v1/campaigns/" + id + "/send");
        wait_until("both servers to send", 30s, [&] {
            return !unmarked(world.server().node()).empty() && !unmarked(other->node()).empty() &&
                   world.sim().accepted("meta") > 500;
        });
    }

    // Each server has some of five chunks then, and one slot to spare.
    static Setup setup() {
        Setup setup;
        setup.sim = Json{{"latency_ms", Json{{"min", 20}, {"max", 60}}},
                         {"webhooks", Json{{"retry_ms", 100}, {"retries", Json{{"meta", 12}}}}}};
        setup.settings["send.chunks"] = "3";
        return setup;
    }

    // Of the chunks that this server works on.
    std::vector<Unmarked> unmarked(const std::string& node) {
        std::vector<Unmarked> list;
        for (const auto& row : world.database().session().query(
                 "SELECT intent_id, last_id FROM campaign_chunks WHERE done = 0 AND owner LIKE ? AND "
                 "intent_id > first_id AND intent_id <= last_id",
                 {node + ":%"}))
            list.push_back({row.integer(0), row.integer(1)});
        return list;
    }

    // When the first of these was accepted; 0: none.
    std::int64_t first_accepted(const std::vector<Unmarked>& chunks) {
        std::int64_t first = 0;
        for (const Json& entry : world.sim().ledger("meta")) {
            const auto message = dakiya::parse_id(dakiya::prefix::message, entry.at("ref").text());
            REQUIRE(message);
            for (const Unmarked& chunk : chunks)
                if (*message >= chunk.from && *message <= chunk.to)
                    if (const auto at = entry.at("at").integer(); first == 0 || at < first) first = at;
        }
        return first;
    }

    void require_clean_end() {
        world.wait_completed(id, 60s);
        world.sim().wait_for_webhooks(60s);
        world.sim().require_no_complaints();
        wait_settled(world, id, "meta", people);
        require_same_funnel(world, id, "meta");
    }
};

bool two_servers() {
    if (dakiya::store::mysql_server()) return true;
    WARN("several servers share a MariaDB, and none is given");
    return false;
}

}  // namespace

TEST_CASE("one of two servers is killed: within six seconds the other sends what it left") {
    if (!two_servers()) return;
    Pair pair;
    pair.other->kill();
    const std::int64_t killed_at = now_ms();
    const auto left = pair.unmarked(pair.other->node());
    REQUIRE_FALSE(left.empty());
    pair.require_clean_end();
    const std::int64_t taken_over_at = pair.first_accepted(left);
    REQUIRE(taken_over_at > 0);
    INFO("taken over after " << taken_over_at - killed_at << " ms");
    CHECK(taken_over_at - killed_at <= takeover_ms);
}

TEST_CASE("one of two servers stands still past its lease and goes on: nobody gets it twice") {
    if (!two_servers()) return;
    Pair pair;
    pair.other->signal(SIGSTOP);
    const std::string stopped = pair.other->node();
    REQUIRE_FALSE(pair.unmarked(stopped).empty());
    wait_until("the other one to take over", 15s, [&] { return pair.unmarked(stopped).empty(); });
    pair.other->signal(SIGCONT);
    pair.require_clean_end();
    REQUIRE(pair.other->running());
    REQUIRE(pair.other->stop() == 0);
}
