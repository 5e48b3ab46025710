// Empty databases for tests, on SQLite and on MariaDB.
//
//   TEST_CASE("...") {
//       TestDatabase db(GENERATE_REF(from_range(dialects())));
//       db.database()...
//
// MariaDB comes from DAKIYA_TEST_MYSQL="host=127.0.0.1;port=3306;user=root;database=prefix[;password=..]
// [;socket=..]" (tests/mariadb.sh start prints it). Without it that half is left out, unless
// DAKIYA_TEST_MYSQL_REQUIRED is set: then the tests fail.
#pragma once

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "mysql_server.hpp"
#include "store/db.hpp"
#include "store/migrate.hpp"
#include "store/writer.hpp"

namespace dakiya::store {

inline std::vector<Dialect> dialects() {
    std::vector<Dialect> both{Dialect::sqlite};
    if (mysql_server()) both.push_back(Dialect::mysql);
    return both;
}

// A new empty database, gone at the end.
class TestDatabase {
public:
    enum class Tables { none, all };

    explicit TestDatabase(Dialect dialect, Tables tables = Tables::all) {
        const std::string name = random_token();
        if (dialect == Dialect::mysql) {
            config_ = mysql_server().value();
            config_.database += "_" + name;
            on_server("CREATE DATABASE " + config_.database + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        } else {
            config_.path =
                (std::filesystem::temp_directory_path() / ("dakiya-test-" + name + ".db")).string();
        }
        database_.emplace(config_);
        if (tables == Tables::all) migrate(*database_, clock_);
    }

    ~TestDatabase() {
        writer_.reset();
        database_.reset();
        if (config_.dialect == Dialect::mysql) {
            on_server("DROP DATABASE " + config_.database);
            return;
        }
        for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(config_.path + suffix);
    }

    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    Database& database() { return *database_; }
    const DbConfig& config() const { return config_; }
    ManualClock& clock() { return clock_; }

    Writer& writer() {
        if (!writer_) writer_ = std::make_unique<Writer>(*database_);
        return *writer_;
    }

    // A session for tests that need no writer; statements commit at once.
    Session& session() {
        if (!session_) session_ = database_->connect();
        return *session_;
    }

private:
    void on_server(const std::string& sql) const {
        DbConfig server = mysql_server().value();
        server.database.clear();
        Database(server).connect()->execute(sql);
    }

    ManualClock clock_;
    DbConfig config_;
    std::optional<Database> database_;
    std::unique_ptr<Writer> writer_;
    std::unique_ptr<Session> session_;
};

}  // namespace dakiya::store
