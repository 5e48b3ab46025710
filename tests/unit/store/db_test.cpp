#include "store/db.hpp"

#include <cstdint>
#include <limits>
#include <thread>

#include "databases.hpp"
#include "store/sql.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

constexpr auto values_table =
    "CREATE TABLE v (id BIGINT NOT NULL PRIMARY KEY, i BIGINT NULL, d DOUBLE NULL, t TEXT NULL, b BLOB NULL)";

DbError::Kind kind_thrown_by(const std::function<void()>& work) {
    try {
        work();
    } catch (const DbError& error) {
        return error.kind();
    }
    FAIL("nothing was thrown");
    return DbError::Kind::other;
}

}  // namespace

TEST_CASE("values come back as they went in") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(values_table);

    SECTION("nulls") {
        session.execute("INSERT INTO v VALUES (1, ?, ?, ?, ?)", {nullptr, nullptr, nullptr, nullptr});
        const Rows rows = session.query("SELECT i, d, t, b FROM v");
        REQUIRE(rows.size() == 1);
        for (std::size_t i = 0; i < 4; ++i) CHECK(rows[0].null(i));
        CHECK(rows[0].integer(0) == 0);
        CHECK(rows[0].real(1) == 0.0);
        CHECK(rows[0].text(2).empty());
    }
    SECTION("integers of 64 bits") {
        const auto number =
            GENERATE(std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 53 | 1,
                     std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
        session.execute("INSERT INTO v (id, i) VALUES (1, ?)", {number});
        CHECK(session.query("SELECT i FROM v").at(0).integer(0) == number);
    }
    SECTION("doubles") {
        const double number = GENERATE(0.1, -1e300, 1.0 / 3);
        session.execute("INSERT INTO v (id, d) VALUES (1, ?)", {number});
        CHECK(session.query("SELECT d FROM v").at(0).real(0) == number);
    }
    SECTION("text") {
        const std::string text =
            GENERATE(as<std::string>{}, "", "a", "\xF0\x9F\x98\x80 \xE0\xA4\xA8", "it's \"; --",
                     std::string(256, 'x'), std::string(257, 'y'), std::string(65'535, 'z'));
        session.execute("INSERT INTO v (id, t) VALUES (1, ?)", {text});
        const Row row = session.query("SELECT t FROM v").at(0);
        CHECK_FALSE(row.null(0));
        CHECK(row.text(0) == text);
    }
    SECTION("bytes") {
        std::string bytes;
        for (int i = 0; i < 70'000; ++i) bytes.push_back(static_cast<char>(i * 31));
        bytes.resize(GENERATE(0, 1, 300, 65'535));
        session.execute("INSERT INTO v (id, b) VALUES (1, ?)", {Blob{bytes}});
        CHECK(session.query("SELECT b FROM v").at(0).text(0) == bytes);
    }
    SECTION("sums and counts are integers") {
        session.execute("INSERT INTO v (id, i) VALUES (1, 4000000000), (2, 5000000000)");
        const Row row = session.query("SELECT SUM(i), COUNT(*), MAX(i) FROM v").at(0);
        CHECK(row.integer(0) == 9'000'000'000);
        CHECK(row.integer(1) == 2);
        CHECK(row.integer(2) == 5'000'000'000);
    }
}

TEST_CASE("a long text after a short one is whole") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(values_table);
    session.execute("INSERT INTO v (id, t) VALUES (1, 'a'), (2, ?), (3, NULL), (4, 'b')",
                    {std::string(9'000, 'L')});
    const Rows rows = session.query("SELECT t FROM v ORDER BY id");
    CHECK(rows[0].text(0) == "a");
    CHECK(rows[1].text(0) == std::string(9'000, 'L'));
    CHECK(rows[2].null(0));
    CHECK(rows[3].text(0) == "b");
}

TEST_CASE("refusals name what can be acted upon") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(values_table);
    session.execute("INSERT INTO v (id) VALUES (1)");

    SECTION("a duplicate, without the value in its text") {
        session.execute("CREATE UNIQUE INDEX v_i ON v (i)");
        session.execute("INSERT INTO v (id, i) VALUES (2, 4917012345)");
        try {
            session.execute("INSERT INTO v (id, i) VALUES (3, ?)", {std::int64_t{4917012345}});
            FAIL("the duplicate was taken");
        } catch (const DbError& error) {
            CHECK(error.kind() == DbError::Kind::duplicate);
            CHECK_THAT(error.what(), !Catch::Contains("4917012345"));
        }
        CHECK(kind_thrown_by([&] { session.execute("INSERT INTO v (id) VALUES (1)"); }) ==
              DbError::Kind::duplicate);
    }
    SECTION("text that a column cannot hold") {
        CHECK_THROWS_WITH(session.execute("UPDATE v SET t = ?", {std::string(65'536, 'x')}),
                          Catch::Contains("65536 bytes"));
    }
    SECTION("the wrong number of values") {
        CHECK_THROWS_WITH(session.execute("UPDATE v SET t = ?, i = ?", {"x"}),
                          Catch::Contains("2 placeholders"));
    }
    SECTION("what is not SQL") {
        CHECK(kind_thrown_by([&] { session.execute("SELEKT 1"); }) == DbError::Kind::other);
    }
    SECTION("two statements in one text") {
        CHECK_THROWS_AS(session.execute("DELETE FROM v; DELETE FROM v"), DbError);
        CHECK(session.query("SELECT COUNT(*) FROM v").at(0).integer(0) == 1);
    }
    SECTION("and the session is usable afterwards") {
        CHECK_THROWS_AS(session.execute("INSERT INTO v (id) VALUES (1)"), DbError);
        CHECK(session.execute("INSERT INTO v (id) VALUES (2)") == 1);
    }
}

TEST_CASE("affected rows") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(values_table);
    CHECK(session.execute("INSERT INTO v (id, i) VALUES (1, 1), (2, 2)") == 2);
    CHECK(session.execute("UPDATE v SET i = i + 1") == 2);
    CHECK(session.execute("UPDATE v SET i = 9 WHERE id = ?", {std::int64_t{3}}) == 0);
    CHECK(session.execute("DELETE FROM v WHERE id = 1") == 1);
    CHECK(session.execute("CREATE INDEX v_i ON v (i)") == 0);
}

TEST_CASE("insert_rows takes any number of rows") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(values_table);
    const auto rows = GENERATE(0, 1, 2, 511, 512, 513, 1'500);
    std::vector<Value> values;
    for (std::int64_t id = 1; id <= rows; ++id) {
        values.emplace_back(id);
        values.emplace_back(id * 3);
        values.emplace_back("text " + std::to_string(id));
    }
    session.insert_rows("INSERT INTO v (id, i, t) VALUES", 3, values);
    const Row sums = session.query("SELECT COUNT(*), COALESCE(SUM(i), 0) FROM v").at(0);
    CHECK(sums.integer(0) == rows);
    CHECK(sums.integer(1) == 3LL * rows * (rows + 1) / 2);
    if (rows > 0)
        CHECK(session.query("SELECT t FROM v WHERE id = ?", {std::int64_t{rows}}).at(0).text(0) ==
              "text " + std::to_string(rows));
}

TEST_CASE("insert_rows takes nulls, bytes and columns of several types, and counts what it wrote") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(
        "CREATE TABLE r (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NULL, x DOUBLE NULL, "
        "t VARCHAR(50) NULL, b BLOB NULL)");
    const std::string bytes("\0\xff'", 3);
    const std::int64_t large = 9'007'199'254'740'993;  // no double has it
    const std::vector<Value> values{std::int64_t{1}, nullptr, 0.5,     "",      nullptr,
                                    std::int64_t{2}, large,   nullptr, nullptr, Blob{bytes},
                                    std::int64_t{3}, -large,  nullptr, "third", Blob{""}};
    CHECK(session.insert_rows("INSERT INTO r (id, n, x, t, b) VALUES", 5, values) == 3);
    const Rows rows = session.query("SELECT n, x, t, b FROM r ORDER BY id");
    REQUIRE(rows.size() == 3);
    CHECK((rows[0].null(0) && rows[0].real(1) == 0.5 && !rows[0].null(2) && rows[0].null(3)));
    CHECK((rows[1].integer(0) == large && rows[1].null(1) && rows[1].null(2) && rows[1].text(3) == bytes));
    CHECK((rows[2].integer(0) == -large && rows[2].text(2) == "third" && !rows[2].null(3)));

    // A number among texts: no array has both.
    const std::vector<Value> mixed{std::int64_t{4}, "four", std::int64_t{5}, std::int64_t{5}};
    CHECK(session.insert_rows("INSERT INTO r (id, t) VALUES", 2, mixed) == 2);
    CHECK(session.query("SELECT t FROM r WHERE id = 5").at(0).text(0) == "5");

    const std::vector<Value> repeated{std::int64_t{5}, "again",         std::int64_t{6},
                                      "six",           std::int64_t{7}, "seven"};
    CHECK(session.insert_rows("INSERT INTO r (id, t) VALUES", 2, repeated,
                              unless_there(session.dialect(), "id")) == 2);
    CHECK_THROWS_AS(session.insert_rows("INSERT INTO r (id, t) VALUES", 2, repeated), DbError);
    CHECK(session.insert_rows("INSERT INTO r (id, t) VALUES", 2, std::span(repeated).first(2),
                              unless_there(session.dialect(), "id")) == 0);
}

TEST_CASE("insert_rows refuses a row that is not full") {
    TestDatabase db(Dialect::sqlite, TestDatabase::Tables::none);
    const std::vector<Value> values(5);
    CHECK_THROWS_AS(db.session().insert_rows("INSERT INTO v (id, i) VALUES", 2, values),
                    std::invalid_argument);
}

TEST_CASE("insert_rows ignores or updates what is there") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    Session& session = db.session();
    session.execute(values_table);
    session.execute("INSERT INTO v (id, i) VALUES (1, 10)");
    const Dialect dialect = session.dialect();
    const std::vector<Value> values{std::int64_t{1}, std::int64_t{20}, std::int64_t{2}, std::int64_t{30}};

    SECTION("ignore") {
        session.insert_rows("INSERT INTO v (id, i) VALUES", 2, values, unless_there(dialect, "id"));
        CHECK(session.query("SELECT SUM(i) FROM v").at(0).integer(0) == 40);
    }
    SECTION("upsert") {
        session.insert_rows("INSERT INTO v (id, i) VALUES", 2, values,
                            upsert(dialect, "id") + "i = v.i + " + incoming(dialect, "i"));
        CHECK(session.query("SELECT SUM(i) FROM v").at(0).integer(0) == 60);
    }
}

TEST_CASE("more statements than the cache holds") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    for (int round = 0; round < 2; ++round)
        for (int i = 0; i < 300; ++i)
            REQUIRE(db.session().query("SELECT " + std::to_string(i)).at(0).integer(0) == i);
}

TEST_CASE("reads share a bounded number of sessions") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    DbConfig config = db.config();
    config.sessions = 2;
    Database database(config);
    std::atomic<int> inside{0}, most{0}, sum{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 20; ++n)
                    database.read([&](Session& session) {
                        const int now = ++inside;
                        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
                        }
                        sum += static_cast<int>(session.query("SELECT 1").at(0).integer(0));
                        --inside;
                    });
            });
    }
    CHECK(sum == 160);
    CHECK(most <= 2);
}

TEST_CASE("a killed connection is replaced", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql);
    const auto id = [](Session& session) { return session.query("SELECT CONNECTION_ID()").at(0).integer(0); };
    const std::int64_t first = db.database().read(id);
    db.session().execute("KILL " + std::to_string(first));
    const std::int64_t second = db.database().read(id);
    CHECK(second != first);
    CHECK(db.database().read(id) == second);
}

// The client library waits for the rest of such a result for as long as it may.
TEST_CASE("an error in the middle of a result ends its connection at once", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql, TestDatabase::Tables::none);
    db.session().execute("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)");
    for (const std::int64_t id : {1, 2, 3}) db.session().execute("INSERT INTO t VALUES (?, 0)", {id});
    const auto holder = db.database().connect();
    holder->execute("START TRANSACTION");
    holder->execute("UPDATE t SET n = 1 WHERE id = 3");
    auto waiting = db.database().connect();
    waiting->execute("SET SESSION innodb_lock_wait_timeout = 1");
    const auto begun = std::chrono::steady_clock::now();
    try {
        waiting->query("SELECT id FROM t ORDER BY id FOR UPDATE");
        FAIL("it got a row that is locked");
    } catch (const DbError& error) {
        CHECK(error.kind() == DbError::Kind::lost);
        CHECK_THAT(error.what(), Catch::Contains("1205"));
    }
    waiting.reset();
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(20));
}

TEST_CASE("a session that stands still in its transaction does not keep its rows locked", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql, TestDatabase::Tables::none);
    db.session().execute("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)");
    db.session().execute("INSERT INTO t VALUES (1, 0)");
    const auto frozen = db.database().connect();
    frozen->execute("START TRANSACTION");
    frozen->execute("UPDATE t SET n = 1");
    CHECK(db.session().execute("UPDATE t SET n = n + 2") ==
          1);  // when the database has given up on the other
    CHECK(db.session().query("SELECT n FROM t").at(0).integer(0) == 2);
    try {
        frozen->execute("COMMIT");
        FAIL("what was rolled back was committed");
    } catch (const DbError& error) {
        CHECK(error.kind() == DbError::Kind::lost);
    }
}

TEST_CASE("MariaDB is reached by its socket, and says where when it is not", "[mysql]") {
    if (!mysql_server()) return;
    DbConfig config = *mysql_server();
    config.database.clear();
    if (!config.socket.empty()) {
        config.port = 1;  // only the socket can have worked
        CHECK(Database(config).connect()->query("SELECT 1").at(0).integer(0) == 1);
    }
    config.socket.clear();
    config.port = 1;
    CHECK_THROWS_WITH(Database(config).connect(), Catch::Contains("127.0.0.1:1"));
}
