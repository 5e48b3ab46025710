// Providers that report nothing by themselves are asked what became of their messages.
#include "send/status_poll.hpp"

#include <mutex>

#include <catch2/catch.hpp>

#include "world.hpp"

using namespace dakiya;

namespace {

struct Bench {
    explicit Bench(store::Dialect dialect)
        : world(dialect, "scripted", [this](const Json& input) { return answer(input); }),
          node(world),
          polls({world.database.database(), world.writer, node.exchange, world.connections, world.clock,
                 node.processor_bell, send::Holder{"one"}}) {}
    ~Bench() { polls.stop(); }

    net::Reply answer(const Json& input) {
        if (input.contains("to")) return all_sent(input);
        const std::lock_guard lock(mutex);
        asked.push_back(input.at("ids"));
        Json::Array list;
        for (const Json& id : input.at("ids"))
            list.push_back(Json::array(
                {"event", Json{{"kind", "status"}, {"id", id}, {"status", "delivered"}, {"at", 1}}}));
        return records(list);
    }
    std::vector<Json> questions() {
        const std::lock_guard lock(mutex);
        return asked;
    }
    std::int64_t count(const std::string& table) { return world.number("SELECT COUNT(*) FROM " + table); }

    std::mutex mutex;
    std::vector<Json> asked;
    World world;
    Node node;
    send::StatusPolls polls;
};

}  // namespace

TEST_CASE(
    "sent messages are asked about together, as many as the provider takes, until their state is final") {
    Bench bench(GENERATE_REF(from_range(store::dialects())));
    for (int i = 0; i < 3; ++i) bench.world.add_single("+91980000000" + std::to_string(i));
    bench.node.singles->start();
    bench.world.until([&] { return bench.count("status_polls") == 3; });
    bench.node.singles->stop(Millis(0));
    CHECK(bench.questions().empty());

    bench.world.clock.advance(Millis(send::StatusPolls::first_wait_ms));
    bench.polls.start();
    bench.world.until([&] { return bench.count("pending_events") >= 3; });
    std::size_t ids = 0;
    for (const Json& question : bench.questions()) {
        CHECK(question.size() <= 2);  // of the manifest
        ids += question.size();
    }
    CHECK(ids >= 3);
    CHECK(bench.questions().front().at(0).text().find("id-msg_") == 0);
    CHECK(bench.world.number("SELECT MIN(attempts) FROM status_polls") >= 1);

    bench.world.execute("UPDATE outcomes SET state = 6");  // as the processor does with the events
    bench.world.clock.advance(Millis(2 * send::StatusPolls::first_wait_ms));
    bench.world.until([&] { return bench.count("status_polls") == 0; });
}

TEST_CASE("questions come ever more rarely, six hours apart at most") {
    store::StatusPoll row;
    std::int64_t now = 0, before = 0;
    for (int i = 0; i < send::StatusPolls::most_questions; ++i) {
        row = send::after_question(row, now);
        CHECK(row.attempts == i + 1);
        CHECK(row.due_at - now >= before);
        CHECK(row.due_at - now <= 6LL * 3600 * 1000);
        before = row.due_at - now;
        now = row.due_at;
    }
    CHECK(now > 24LL * 3600 * 1000 / 2);
}

TEST_CASE("a connection that cannot be asked keeps its rows for later") {
    Bench bench(store::Dialect::sqlite);
    bench.world.add_single("+919800000001");
    bench.node.singles->start();
    bench.world.until([&] { return bench.count("status_polls") == 1; });
    bench.node.singles->stop(Millis(0));
    bench.world.execute("UPDATE connections SET state = 'disabled'");
    bench.world.clock.advance(Millis(send::StatusPolls::first_wait_ms));
    bench.polls.start();
    bench.world.until([&] { return bench.world.number("SELECT attempts FROM status_polls") >= 1; });
    CHECK(bench.questions().empty());
}
