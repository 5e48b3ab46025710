#include "database.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "blackbox/process.hpp"
#include "unit/store/mysql_server.hpp"

namespace chaos {

namespace {

// "export NAME='value'" → value
std::string quoted_value(const std::string& line) {
    const auto from = line.find('\'');
    const auto to = line.rfind('\'');
    if (from == std::string::npos || to <= from) throw std::runtime_error("tests/mariadb.sh said: " + line);
    return line.substr(from + 1, to - from - 1);
}

}  // namespace

MariaDb::MariaDb(std::filesystem::path folder) : folder_(std::move(folder)) {
    const std::string line =
        blackbox::run({MARIADB_SCRIPT, "start", folder_.string()}, folder_ / "mariadb.log");
    config_ = dakiya::store::mysql_server(quoted_value(line));
    const std::string who = std::string("'") + account + "'@'127.0.0.1'";
    sql("CREATE USER " + who);
    sql("GRANT ALL ON `chaos\\_%`.* TO " + who);
}

MariaDb::~MariaDb() {
    try {
        script("stop");
    } catch (const std::exception&) {
        // It is being thrown away; its folder says what happened.
    }
}

dakiya::store::DbConfig MariaDb::config(const std::string& name) const {
    dakiya::store::DbConfig config = config_;
    config.database = name;
    return config;
}

void MariaDb::create(const std::string& name) {
    sql("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
}

void MariaDb::drop(const std::string& name) { sql("DROP DATABASE IF EXISTS " + name); }

void MariaDb::read_only(bool on) { sql(std::string("SET GLOBAL read_only = ") + (on ? "1" : "0")); }

void MariaDb::kill() {
    pid_t pid = 0;
    if (!(std::ifstream(folder_ / "mariadb" / "pid") >> pid)) throw std::runtime_error("MariaDB has no pid");
    ::kill(pid, SIGKILL);
}

void MariaDb::restart() { script("restart"); }

void MariaDb::script(const std::string& command) {
    blackbox::Process process({MARIADB_SCRIPT, command, folder_.string()}, folder_ / "mariadb.log");
    if (process.wait(std::chrono::seconds(60)) != 0)
        throw std::runtime_error("tests/mariadb.sh " + command + " failed: see " +
                                 (folder_ / "mariadb.log").string());
}

void MariaDb::sql(const std::string& statement) const {
    dakiya::store::Database(config("")).connect()->execute(statement);
}

}  // namespace chaos
