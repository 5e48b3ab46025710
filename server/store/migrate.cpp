#include "store/migrate.hpp"

#include <Poco/SHA2Engine.h>

#include <map>

namespace dakiya::store {

namespace {

using Applied = std::map<std::string, std::string>;  // name -> hash

DbError refusal(const std::string& text) { return {DbError::Kind::other, text}; }

std::string sha256(std::string_view text) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(text.data(), text.size());
    return Poco::DigestEngine::digestToHex(engine.digest());
}

std::string without_comments(std::string_view sql) {
    std::string text;
    while (!sql.empty()) {
        const std::string_view line = sql.substr(0, sql.find('\n'));
        text.append(line.substr(0, line.find("--"))).append("\n");
        sql.remove_prefix(std::min(line.size() + 1, sql.size()));
    }
    return text;
}

// Our migrations hold neither ';' nor "--" inside quotes, so a split at ';' is exact.
std::vector<std::string> statements(std::string_view sql) {
    constexpr auto space = " \n\t";
    std::vector<std::string> parts;
    const std::string text = without_comments(sql);
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view part = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        const std::size_t first = part.find_first_not_of(space);
        if (first == std::string_view::npos) continue;
        parts.emplace_back(part.substr(first, part.find_last_not_of(space) - first + 1));
    }
    return parts;
}

std::string for_dialect(std::string statement, Dialect dialect) {
    if (dialect == Dialect::mysql && statement.starts_with("CREATE TABLE"))
        statement += " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
    return statement;
}

// One node at a time. SQLite: the transaction that also makes it all or nothing.
class Exclusive {
public:
    explicit Exclusive(Session& session) : session_(session) {
        if (session_.dialect() == Dialect::sqlite) {
            session_.execute("BEGIN IMMEDIATE");
            return;
        }
        const Rows got = session_.query("SELECT GET_LOCK(CONCAT('dakiya.migrate.', DATABASE()), 60)");
        if (got.at(0).integer(0) != 1)
            throw DbError(DbError::Kind::busy, "another node has been migrating this database for a minute");
    }
    ~Exclusive() {
        try {
            if (session_.dialect() == Dialect::mysql)
                session_.query("SELECT RELEASE_LOCK(CONCAT('dakiya.migrate.', DATABASE()))");
            else if (!committed_)
                session_.execute("ROLLBACK");
        } catch (const DbError&) {
            // The session ends right after this, and with it the lock and the transaction.
        }
    }
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;
    void commit() {
        if (session_.dialect() == Dialect::sqlite) session_.execute("COMMIT");
        committed_ = true;
    }

private:
    Session& session_;
    bool committed_ = false;
};

bool table_exists(Session& session) {
    const auto* sql = session.dialect() == Dialect::sqlite
                          ? "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'"
                          : "SELECT COUNT(*) FROM information_schema.tables "
                            "WHERE table_schema = DATABASE() AND table_name = 'migrations'";
    return session.query(sql).at(0).integer(0) > 0;
}

Applied applied(Session& session) {
    Applied names;
    if (!table_exists(session)) return names;
    for (const Row& row : session.query("SELECT name, hash FROM migrations"))
        names.emplace(row.text(0), row.text(1));
    return names;
}

// Refuses a database that this build does not understand, returns what it lacks.
std::vector<Migration> missing(const std::vector<Migration>& wanted, Applied done) {
    std::vector<Migration> left;
    for (const Migration& migration : wanted) {
        const auto found = done.find(std::string(migration.name));
        if (found == done.end()) {
            left.push_back(migration);
            continue;
        }
        if (found->second != sha256(migration.sql))
            throw refusal("migration " + found->first +
                          " has run on this database with another text: undo the change to its file and "
                          "put it into a new migration");
        done.erase(found);
    }
    if (!done.empty())
        throw refusal("the database has migration " + done.begin()->first +
                      ", which this build does not know: start a newer build");
    return left;
}

void run(Session& session, const Migration& migration, const Clock& clock) {
    const std::vector<std::string> parts = statements(migration.sql);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        try {
            session.execute(for_dialect(parts[i], session.dialect()));
        } catch (const DbError& error) {
            throw DbError(error.kind(), "migration " + std::string(migration.name) +
                                            " failed at its statement " + std::to_string(i + 1) + " of " +
                                            std::to_string(parts.size()) + ": " + error.what());
        }
    }
    session.execute("INSERT INTO migrations (name, hash, applied_at) VALUES (?, ?, ?)",
                    {std::string(migration.name), sha256(migration.sql), clock.now_ms()});
}

}  // namespace

int migrate(Database& database, const Clock& clock) { return migrate(database, clock, migrations()); }

int migrate(Database& database, const Clock& clock, const std::vector<Migration>& wanted) {
    const std::unique_ptr<Session> session = database.connect();
    Exclusive exclusive(*session);
    const std::vector<Migration> left = missing(wanted, applied(*session));
    if (!table_exists(*session))
        session->execute(
            for_dialect("CREATE TABLE migrations (name VARCHAR(190) NOT NULL PRIMARY KEY, "
                        "hash VARCHAR(64) NOT NULL, applied_at BIGINT NOT NULL)",
                        session->dialect()));
    for (const Migration& migration : left) run(*session, migration, clock);
    exclusive.commit();
    return static_cast<int>(left.size());
}

std::vector<std::string> pending(Database& database) {
    const Applied done = database.read([](Session& session) { return applied(session); });
    std::vector<std::string> names;
    for (const Migration& migration : missing(migrations(), done)) names.emplace_back(migration.name);
    return names;
}

}  // namespace dakiya::store
