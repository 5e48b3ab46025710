// The two shares of the writer.
#include <future>

#include "writer_table.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

// A bulk unit that is under way until it is let go.
struct Slow {
    std::promise<void> entered, go;
    void submit(Writer& writer) {
        writer.submit(
            [this](Session& session) {
                insert(1)(session);
                entered.set_value();
                go.get_future().wait();
            },
            {});
        entered.get_future().wait();
    }
};

}  // namespace

TEST_CASE("an urgent unit waits for the unit under way, not for the bulk that queues") {
    TestDatabase db(Dialect::sqlite);
    make_table(db);
    Writers writers(db.database());
    Slow slow;
    slow.submit(writers.bulk());
    std::vector<std::string> order;  // the writer's thread's
    for (int id = 10; id < 20; ++id)
        writers.bulk().submit(
            [id, &order](Session& session) {
                order.emplace_back("bulk");
                insert(id)(session);
            },
            {});
    std::promise<std::int64_t> seen;
    writers.urgent().submit(
        [&order](Session& session) {
            order.emplace_back("urgent");
            insert(2)(session);
        },
        [&](const std::exception_ptr& error) {
            REQUIRE(!error);
            seen.set_value(count(db));
        });
    slow.go.set_value();
    CHECK(seen.get_future().get() >= 2);  // durable, with the unit that was under way
    writers.bulk().run([](Session&) {});
    CHECK(order.front() == "urgent");
    CHECK(count(db) == 12);
}

TEST_CASE("bulk units get their share of every transaction while urgent ones keep coming") {
    TestDatabase db(Dialect::sqlite);
    make_table(db);
    Writers writers(db.database());
    std::promise<void> done;
    std::atomic<bool> ended{false};
    std::atomic<std::int64_t> urgent{1'000'000};
    // Each urgent unit leaves another one behind, so that one always waits.
    std::function<void(const std::exception_ptr&)> next = [&](const std::exception_ptr&) {
        if (ended) return;
        writers.urgent().submit(insert(urgent++), next);
    };
    next({});
    for (int id = 1; id <= 100; ++id) writers.bulk().submit(insert(id), {});
    writers.bulk().submit(insert(101), [&](const std::exception_ptr&) { done.set_value(); });
    CHECK(done.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    ended = true;
    writers.urgent().run([](Session&) {});
}

TEST_CASE("on MySQL an urgent unit does not wait for a bulk transaction at all", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql);
    make_table(db);
    Writers writers(db.database());
    Slow slow;
    slow.submit(writers.bulk());
    writers.urgent().run(insert(2));
    CHECK(count(db) == 1);  // the other one is not committed
    slow.go.set_value();
    writers.bulk().run([](Session&) {});
    CHECK(count(db) == 2);
}

TEST_CASE("a refused urgent unit that joined a bulk transaction undoes itself only") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    make_table(db);
    Writers writers(db.database());
    for (int id = 1; id <= 50; ++id) writers.bulk().submit(insert(id), {});
    CHECK_THROWS_WITH(writers.urgent().run([](Session& session) {
        insert(1'000)(session);
        throw std::runtime_error("my words");
    }),
                      "my words");
    writers.bulk().run([](Session&) {});
    CHECK(count(db) == 50);
}
