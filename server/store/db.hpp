// The only way to the database. Poco::Data stays inside this room; callers see values.
//
// Rules that the parts taught us (see docs/design.md, "Store"): transactions are SQL statements, never
// Poco's begin(); no LONGTEXT, LONGBLOB, MEDIUM* or JSON column is ever selected; on MySQL an UPDATE that
// changes nothing reports 0 affected rows, so every fenced UPDATE must change something.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dakiya::store {

enum class Dialect { sqlite, mysql };

struct Blob {
    std::string bytes;
};

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string, Blob>;

class Row {
public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    bool null(std::size_t column) const;
    std::int64_t integer(std::size_t column) const;     // 0 when null
    double real(std::size_t column) const;              // 0 when null
    const std::string& text(std::size_t column) const;  // "" when null; blobs too
    std::size_t size() const { return values_.size(); }

private:
    std::vector<Value> values_;
};

using Rows = std::vector<Row>;

// The database said no. `kind` is what a caller may act upon.
class DbError : public std::runtime_error {
public:
    enum class Kind { duplicate, busy, lost, other };  // lost: the connection is gone
    DbError(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
    Kind kind() const { return kind_; }
    // The database is away, busy, full or read-only: the same can succeed later.
    bool passing() const { return kind_ == Kind::busy || kind_ == Kind::lost; }

private:
    Kind kind_;
};

// One connection. [one thread at a time] Statements are prepared once and kept.
class Session {
public:
    virtual ~Session() = default;
    virtual Dialect dialect() const = 0;
    // Affected rows.
    virtual std::uint64_t execute(std::string_view sql, std::span<const Value> values) = 0;
    virtual Rows query(std::string_view sql, std::span<const Value> values) = 0;

    std::uint64_t execute(std::string_view sql, std::initializer_list<Value> values = {}) {
        return execute(sql, std::span<const Value>(values.begin(), values.size()));
    }
    Rows query(std::string_view sql, std::initializer_list<Value> values = {}) {
        return query(sql, std::span<const Value>(values.begin(), values.size()));
    }

    // "INSERT INTO t (a, b) VALUES" + rows of values, as few statements as the dialect allows.
    // `tail` is appended (an upsert clause). Affected rows.
    virtual std::uint64_t insert_rows(std::string_view head, std::size_t columns,
                                      std::span<const Value> values, std::string_view tail = "");
};

// Words that differ between the dialects.
std::string upsert(Dialect dialect,
                   std::string_view key);  // " ON CONFLICT(key) DO UPDATE SET " / " ON DUPLICATE KEY UPDATE "
std::string incoming(Dialect dialect, std::string_view column);  // "excluded.c" / "VALUES(c)"

struct DbConfig {
    Dialect dialect = Dialect::sqlite;
    std::string path;  // SQLite file
    std::string host = "127.0.0.1", user, password, database, socket;
    int port = 3306;
    int sessions = 16;  // most sessions open at once
};

// A new connection to the database.
std::unique_ptr<Session> open_session(const DbConfig& config);

// A bounded set of sessions. A session that saw DbError::Kind::lost is destroyed, never given out again.
// [any thread]
class Database {
public:
    // How a session is opened; tests/simulate puts its faults around the real one.
    using Connect = std::function<std::unique_ptr<Session>(const DbConfig&)>;

    explicit Database(DbConfig config, Connect connect = open_session);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Dialect dialect() const;
    const DbConfig& config() const;

    // Reads. Retried once on a fresh session when the connection was lost.
    template <class F>
    auto read(F&& work) {
        for (int attempt = 0;; ++attempt) {
            Lease lease(*this);
            try {
                return work(lease.session());
            } catch (const DbError& error) {
                if (error.kind() != DbError::Kind::lost) throw;
                lease.discard();
                if (attempt > 0) throw;
            }
        }
    }

    // A session of one's own, for the writer and for long jobs.
    std::unique_ptr<Session> connect();

private:
    class Lease {
    public:
        explicit Lease(Database& database);
        ~Lease();
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Session& session() { return *session_; }
        void discard() { broken_ = true; }

    private:
        Database& database_;
        std::unique_ptr<Session> session_;
        bool broken_ = false;
    };

    struct Pool;
    std::unique_ptr<Pool> pool_;
};

}  // namespace dakiya::store
