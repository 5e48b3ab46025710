#include "store/migrate.hpp"

#include <thread>

#include "databases.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

const std::vector<Migration> two{
    {"0001_a", "-- makes a; really\nCREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);\n"},
    {"0002_b",
     "CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);\n"
     "INSERT INTO b (id) VALUES (7);\n"}};

}  // namespace

TEST_CASE("the schema of this build is made once") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    CHECK(pending(db.database()).size() == migrations().size());
    CHECK(migrate(db.database(), db.clock()) == static_cast<int>(migrations().size()));
    CHECK(pending(db.database()).empty());
    CHECK(migrate(db.database(), db.clock()) == 0);
    CHECK(db.session().query("SELECT next_id FROM sequences").size() == 1);
}

TEST_CASE("migrations run in order, each once") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    CHECK(migrate(db.database(), db.clock(), {two[0]}) == 1);
    CHECK(migrate(db.database(), db.clock(), two) == 1);
    CHECK(migrate(db.database(), db.clock(), two) == 0);
    CHECK(db.session().query("SELECT id FROM b").at(0).integer(0) == 7);
    CHECK(db.session().query("SELECT applied_at FROM migrations").at(0).integer(0) == db.clock().now_ms());
}

TEST_CASE("a changed migration is refused") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    migrate(db.database(), db.clock(), two);
    std::vector<Migration> changed = two;
    changed[0].sql = "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, more BIGINT);\n";
    CHECK_THROWS_WITH(migrate(db.database(), db.clock(), changed), Catch::Contains("0001_a"));
}

TEST_CASE("a database of a newer build is refused") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    migrate(db.database(), db.clock(), two);
    CHECK_THROWS_WITH(migrate(db.database(), db.clock(), {two[0]}), Catch::Contains("newer build"));
    CHECK_THROWS_WITH(pending(db.database()), Catch::Contains("newer build"));
}

TEST_CASE("a failing migration says where, and leaves SQLite as it was") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    const std::vector<Migration> bad{
        {"0001_bad", "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);\nCREATE NONSENSE;\n"}};
    CHECK_THROWS_WITH(migrate(db.database(), db.clock(), bad),
                      Catch::Contains("0001_bad failed at its statement 2 of 2"));
    if (db.database().dialect() == Dialect::sqlite)
        CHECK(db.session().query("SELECT COUNT(*) FROM sqlite_master").at(0).integer(0) == 0);
}

TEST_CASE("nodes that start together migrate once") {
    TestDatabase db(GENERATE_REF(from_range(dialects())), TestDatabase::Tables::none);
    std::atomic<int> ran{0};
    {
        std::vector<std::jthread> nodes;
        for (int i = 0; i < 4; ++i)
            nodes.emplace_back([&] { ran += migrate(db.database(), db.clock(), two); });
    }
    CHECK(ran == 2);
}

TEST_CASE("every table of MariaDB is InnoDB and compares bytes", "[mysql]") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql);
    const Rows odd = db.session().query(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
        "AND (engine <> 'InnoDB' OR table_collation <> 'utf8mb4_bin')");
    CHECK(odd.empty());
}
