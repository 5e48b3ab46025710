#include "store/health.hpp"

namespace dakiya::store {

namespace {

std::string variable(Session& session, const std::string& name) {
    const Rows rows = session.query(
        "SELECT CAST(VARIABLE_VALUE AS CHAR(200)) FROM "
        "information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME = ?",
        {name});
    return rows.empty() ? "" : rows.front().text(0);
}

std::vector<std::string> weaknesses_of_mysql(Session& session) {
    std::vector<std::string> found;
    if (variable(session, "INNODB_FLUSH_LOG_AT_TRX_COMMIT") != "1")
        found.emplace_back(
            "innodb_flush_log_at_trx_commit is not 1: a power cut can lose messages that were sent; set it "
            "to 1");
    if (variable(session, "WSREP_ON") == "ON")
        found.emplace_back(
            "Galera is on: write to one node of the cluster only; a Jepsen analysis (2026) found lost "
            "updates with "
            "several writers");
    for (const Row& row : session.query("SELECT CAST(TABLE_NAME AS CHAR(64)), CAST(ENGINE AS CHAR(64)), "
                                        "CAST(TABLE_COLLATION AS CHAR(64)) "
                                        "FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()")) {
        if (row.text(1) != "InnoDB")
            found.push_back("table " + row.text(0) + " is " + row.text(1) +
                            ", without transactions; run: ALTER TABLE " + row.text(0) + " ENGINE=InnoDB");
        if (!row.text(2).starts_with("utf8mb4"))
            found.push_back("table " + row.text(0) + " is " + row.text(2) +
                            " and cannot hold every character; run: ALTER TABLE " + row.text(0) +
                            " CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    }
    return found;
}

std::vector<std::string> weaknesses_of_sqlite(Session& session) {
    std::vector<std::string> found;
    const Rows check = session.query("PRAGMA quick_check(1)");
    if (!check.empty() && check.front().text(0) != "ok")
        found.push_back("the SQLite file is damaged: " + check.front().text(0) + "; restore a backup");
    return found;
}

}  // namespace

std::vector<std::string> weaknesses(Database& database) {
    return database.read([&](Session& session) {
        return session.dialect() == Dialect::mysql ? weaknesses_of_mysql(session)
                                                   : weaknesses_of_sqlite(session);
    });
}

}  // namespace dakiya::store
