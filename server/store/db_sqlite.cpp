// SQLite: write-ahead log, synced at every commit.
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <sqlite3.h>

#include "store/drivers.hpp"
#include "store/statement_cache.hpp"

namespace dakiya::store {

namespace {

constexpr int busy_ms = 5'000;

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

// A statement that was stepped holds locks and pointers to its values until this.
struct Reset {
    void operator()(sqlite3_stmt* statement) const {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
};
using Running = std::unique_ptr<sqlite3_stmt, Reset>;

DbError::Kind kind_of(int extended_code) {
    switch (extended_code) {  // https://www.sqlite.org/rescode.html
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
            return DbError::Kind::duplicate;
        default:
            break;
    }
    switch (extended_code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        // Full, read-only or failing: an operator ends that.
        case SQLITE_FULL:
        case SQLITE_READONLY:
        case SQLITE_IOERR:
            return DbError::Kind::busy;
        default:
            return DbError::Kind::other;
    }
}

int bind(sqlite3_stmt* statement, int position, const Value& value) {
    struct Binder {
        sqlite3_stmt* statement;
        int position;
        int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, position); }
        int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, position, number); }
        int operator()(double number) const { return sqlite3_bind_double(statement, position, number); }
        int operator()(const std::string& text) const {
            return sqlite3_bind_text(statement, position, text.data(), static_cast<int>(text.size()),
                                     SQLITE_STATIC);
        }
        int operator()(const Blob& blob) const {
            return sqlite3_bind_blob(statement, position, blob.bytes.data(),
                                     static_cast<int>(blob.bytes.size()), SQLITE_STATIC);
        }
    };
    return std::visit(Binder{statement, position}, value);
}

Value column(sqlite3_stmt* statement, int position) {
    const auto bytes = [&] {
        // The pointer first, then the size: https://www.sqlite.org/c3ref/column_blob.html
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, position));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, position));
        return data == nullptr ? std::string() : std::string(data, size);
    };
    switch (sqlite3_column_type(statement, position)) {
        case SQLITE_INTEGER:
            return static_cast<std::int64_t>(sqlite3_column_int64(statement, position));
        case SQLITE_FLOAT:
            return sqlite3_column_double(statement, position);
        case SQLITE_TEXT:
            return bytes();
        case SQLITE_BLOB:
            return Blob{bytes()};
        default:
            return nullptr;
    }
}

class SqliteSession final : public Session {
public:
    explicit SqliteSession(const std::string& path)
        : connection_("SQLite", path), handle_(Poco::Data::SQLite::Utility::dbHandle(connection_)) {
        sqlite3_busy_timeout(handle_, busy_ms);
        sqlite3_extended_result_codes(handle_, 1);
        use_write_ahead_log();
        Session::execute("PRAGMA synchronous = FULL");
        Session::execute("PRAGMA foreign_keys = ON");
    }

    using Session::execute;
    using Session::query;

    Dialect dialect() const override { return Dialect::sqlite; }

    std::uint64_t execute(std::string_view sql, std::span<const Value> values) override {
        const Running running = start(sql, values);
        const int before = sqlite3_total_changes(handle_);
        int code = sqlite3_step(running.get());
        while (code == SQLITE_ROW) code = sqlite3_step(running.get());
        if (code != SQLITE_DONE) fail(sql);
        // sqlite3_changes() alone is about the last statement that changed anything.
        if (sqlite3_total_changes(handle_) == before) return 0;
        return static_cast<std::uint64_t>(sqlite3_changes(handle_));
    }

    Rows query(std::string_view sql, std::span<const Value> values) override {
        const Running running = start(sql, values);
        const int columns = sqlite3_column_count(running.get());
        Rows rows;
        int code = sqlite3_step(running.get());
        for (; code == SQLITE_ROW; code = sqlite3_step(running.get())) {
            std::vector<Value> row;
            row.reserve(static_cast<std::size_t>(columns));
            for (int i = 0; i < columns; ++i) row.push_back(column(running.get(), i));
            rows.emplace_back(std::move(row));
        }
        if (code != SQLITE_DONE) fail(sql);
        return rows;
    }

private:
    // Asking first spares every later session the exclusive lock that the change needs.
    void use_write_ahead_log() {
        const Rows mode = Session::query("PRAGMA journal_mode");
        if (mode.at(0).text(0) != "wal") Session::query("PRAGMA journal_mode = WAL");
    }

    Running start(std::string_view sql, std::span<const Value> values) {
        sqlite3_stmt* statement =
            statements_.get(sql, [this](std::string_view text) { return prepare(text); }).get();
        check_values(sql, values, static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)));
        Running running(statement);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (bind(statement, static_cast<int>(i) + 1, values[i]) != SQLITE_OK) fail(sql);
        return running;
    }

    Statement prepare(std::string_view sql) {
        sqlite3_stmt* statement = nullptr;
        const char* rest = nullptr;
        const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, &rest);
        if (code != SQLITE_OK) fail(sql);
        Statement prepared(statement);
        const std::string_view left(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
        if (!prepared || left.find_first_not_of(" \t\n;") != std::string_view::npos)
            throw DbError(DbError::Kind::other, "not exactly one statement: " + quoted(sql));
        return prepared;
    }

    [[noreturn]] void fail(std::string_view sql) {
        throw DbError(kind_of(sqlite3_extended_errcode(handle_)),
                      std::string("SQLite: ") + sqlite3_errmsg(handle_) + " in: " + quoted(sql));
    }

    Poco::Data::Session connection_;
    sqlite3* handle_;
    StatementCache<Statement> statements_;  // ends before the connection
};

}  // namespace

std::unique_ptr<Session> open_sqlite(const DbConfig& config) {
    if (config.path.empty()) throw DbError(DbError::Kind::other, "SQLite needs the path of its file");
    static const bool registered = (Poco::Data::SQLite::Connector::registerConnector(), true);
    static_cast<void>(registered);
    try {
        return std::make_unique<SqliteSession>(config.path);
    } catch (const Poco::Exception& error) {
        throw DbError(DbError::Kind::other,
                      "cannot open the SQLite file " + config.path + ": " + error.displayText());
    }
}

}  // namespace dakiya::store
