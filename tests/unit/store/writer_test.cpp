#include "store/writer.hpp"

#include <future>
#include <thread>
#include <utility>

#include "store/ids.hpp"
#include "writer_table.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

// Holds the writer inside a unit, so that what is submitted meanwhile is one group.
class Gate {
public:
    explicit Gate(Writer& writer) {
        writer.submit(
            [this, again = false](Session&) mutable {
                if (!std::exchange(again, true)) entered_.set_value();
                opened_.wait();
            },
            {});
        entered_.get_future().wait();
    }
    void open() { open_.set_value(); }

private:
    std::promise<void> entered_, open_;
    std::shared_future<void> opened_ = open_.get_future().share();
};

}  // namespace

TEST_CASE("what run() wrote is there when it returns") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    make_table(db);
    db.writer().run(insert(1));
    CHECK(count(db) == 1);
}

TEST_CASE("units that wait together share a transaction") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    make_table(db);
    Gate gate(db.writer());
    std::atomic<int> done{0}, seen_at_first_done{-1};
    for (int id = 1; id <= 10; ++id)
        db.writer().submit(insert(id), [&](const std::exception_ptr& error) {
            REQUIRE(!error);
            if (done++ == 0) seen_at_first_done = static_cast<int>(count(db));
        });
    gate.open();
    db.writer().run([](Session&) {});
    CHECK(done == 10);
    CHECK(seen_at_first_done == 10);
}

TEST_CASE("a unit that throws undoes itself and nobody else") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    make_table(db);
    Gate gate(db.writer());
    std::vector<std::exception_ptr> errors(3);
    const auto note = [&errors](std::size_t i) {
        return [&errors, i](const std::exception_ptr& error) { errors[i] = error; };
    };
    db.writer().submit(insert(1), note(0));
    db.writer().submit(
        [](Session& session) {
            session.execute("INSERT INTO w VALUES (2, 0)");
            session.execute("INSERT INTO w VALUES (1, 0)");
        },
        note(1));
    db.writer().submit(insert(3), note(2));
    gate.open();
    db.writer().run([](Session&) {});

    CHECK_FALSE(errors[0]);
    REQUIRE(errors[1]);
    CHECK_THROWS_AS(std::rethrow_exception(errors[1]), DbError);
    CHECK_FALSE(errors[2]);
    CHECK(count(db) == 2);
    CHECK(db.session().query("SELECT COUNT(*) FROM w WHERE id = 2").at(0).integer(0) == 0);
}

TEST_CASE("run() throws what the unit threw") {
    TestDatabase db(Dialect::sqlite);
    CHECK_THROWS_WITH(db.writer().run([](Session&) { throw std::runtime_error("my words"); }), "my words");
}

TEST_CASE("run() on the writer's own thread is refused, not a deadlock") {
    TestDatabase db(Dialect::sqlite);
    Writer& writer = db.writer();
    CHECK_THROWS_AS(writer.run([&writer](Session&) { writer.run([](Session&) {}); }), std::logic_error);
}

TEST_CASE("the end of a writer writes what was submitted") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    make_table(db);
    {
        Writer writer(db.database(), {.most_units = 7});
        for (int id = 1; id <= 100; ++id) writer.submit(insert(id), {});
    }
    CHECK(count(db) == 100);
}

TEST_CASE("two writers wait for each other") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    make_table(db);
    db.session().execute("INSERT INTO w VALUES (1, 0)");
    Writer one(db.database()), two(db.database());
    const auto add = [](Session& session) { session.execute("UPDATE w SET n = n + 1 WHERE id = 1"); };
    for (int i = 0; i < 50; ++i) {
        one.submit(add, {});
        two.submit(add, {});
    }
    one.run(add);
    two.run(add);
    CHECK(db.session().query("SELECT n FROM w").at(0).integer(0) == 102);
}

TEST_CASE("a connection that dies inside a group is replaced, and the group runs again", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql);
    make_table(db);
    int runs = 0;
    db.writer().run([&](Session& session) {
        session.execute("INSERT INTO w VALUES (1, 0)");
        if (++runs > 1) return;
        const Row me = session.query("SELECT CONNECTION_ID()").at(0);
        db.session().execute("KILL " + std::to_string(me.integer(0)));
        session.query("SELECT 1");
    });
    CHECK(runs == 2);
    CHECK(count(db) == 1);
}

TEST_CASE("a connection that dies at the commit is reported, never run again", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql);
    make_table(db);
    int runs = 0;
    try {
        db.writer().run([&](Session& session) {
            ++runs;
            session.execute("INSERT INTO w VALUES (1, 0)");
            const Row me = session.query("SELECT CONNECTION_ID()").at(0);
            db.session().execute("KILL " + std::to_string(me.integer(0)));
        });
        FAIL("the loss was not reported");
    } catch (const CommitUnknown& error) {
        CHECK(error.kind() == DbError::Kind::lost);
    }
    CHECK(runs == 1);
    db.writer().run(insert(2));  // the writer lives on
    CHECK(db.session().query("SELECT COUNT(*) FROM w WHERE id = 2").at(0).integer(0) == 1);
}

TEST_CASE("ids are never handed out twice") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Writer other(db.database());
    Ids here(db.writer()), there(other);
    std::vector<Id> seen;
    for (int i = 0; i < 1'200; ++i) {
        seen.push_back(here.next());
        seen.push_back(there.next());
    }
    const Id first = here.block(5'000);
    const Id after = there.block(1);
    CHECK((after >= first + 5'000 || after < first));
    seen.push_back(first);
    seen.push_back(after);
    std::sort(seen.begin(), seen.end());
    CHECK(seen.front() > 0);
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("ids of one node rise") {
    TestDatabase db(Dialect::sqlite);
    Ids ids(db.writer());
    Id last = 0;
    for (int i = 0; i < 2'500; ++i) {
        const Id id = ids.next();
        REQUIRE(id > last);
        last = id;
    }
}

TEST_CASE("without a database everybody who waits hears of it, once") {
    Database database(DbConfig{}, [](const DbConfig&) -> std::unique_ptr<Session> {
        throw DbError(DbError::Kind::lost, "nobody listens there");
    });
    int pauses = 0;
    Writer::Options options;
    options.own_thread = false;
    options.pause = [&pauses](Millis) { ++pauses; };
    Writer writer(database, options);
    int told = 0;
    for (int i = 0; i < 3; ++i)
        writer.submit(insert(i), [&told](const std::exception_ptr& error) {
            CHECK_THROWS_AS(std::rethrow_exception(error), DbError);
            ++told;
        });
    CHECK(writer.write_one_group());
    CHECK(told == 3);
    CHECK(pauses == 5);  // the tries of one group, not of three
    CHECK_FALSE(writer.write_one_group());
}
