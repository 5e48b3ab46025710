// MariaDB and MySQL, by prepared statements over TCP or a unix socket.
#include <Poco/Data/MySQL/MySQLException.h>
#include <Poco/Data/MySQL/SessionHandle.h>
#include <Poco/Exception.h>
#include <mysql.h>
#include <mysqld_error.h>

#include <algorithm>
#include <array>

#include "store/drivers.hpp"
#include "store/mysql_arrays.hpp"
#include "store/statement_cache.hpp"

namespace dakiya::store {

namespace {

constexpr unsigned connect_seconds = 5, io_seconds = 60;

constexpr std::string_view session_settings =
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
    "autocommit = 1, innodb_lock_wait_timeout = 5"
    // A server that stands still in the middle of a transaction (frozen, cut off) would keep its rows locked
    // for hours, and the others from taking over. Seconds. Only MariaDB can: to MySQL this is a comment.
    " /*M!100300 , idle_transaction_timeout = 3 */";
// Fewer gap locks, so fewer deadlocks between nodes. No unit of ours relies on a snapshot. As a statement,
// because the variable has one name in MariaDB and another in MySQL 8.
constexpr std::string_view isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

struct CloseStatement {
    void operator()(MYSQL_STMT* statement) const { mysql_stmt_close(statement); }
};
using Statement = std::unique_ptr<MYSQL_STMT, CloseStatement>;

struct FreeResult {
    void operator()(MYSQL_STMT* statement) const { mysql_stmt_free_result(statement); }
    void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};

// https://mariadb.com/kb/en/mariadb-error-code-reference/ ; 2000 and above are the client library's own.
DbError::Kind kind_of(unsigned code) {
    switch (code) {
        case ER_DUP_ENTRY:
            return DbError::Kind::duplicate;
        case ER_LOCK_WAIT_TIMEOUT:
        case ER_LOCK_DEADLOCK:
        // Full or read-only: an operator ends that.
        case ER_DISK_FULL:
        case ER_RECORD_FILE_FULL:
        case ER_OPTION_PREVENTS_STATEMENT:
        case ER_READ_ONLY_MODE:
            return DbError::Kind::busy;
        case ER_UNKNOWN_STMT_HANDLER:  // 1243: the connection was replaced below us
        case ER_SERVER_SHUTDOWN:
        case ER_CONNECTION_KILLED:
            return DbError::Kind::lost;
        default:
            return code >= 2000 && code < 3000 ? DbError::Kind::lost : DbError::Kind::other;
    }
}

// "Duplicate entry '...' for key 'x'": the entry may be a person's number, the key is enough.
std::string without_entry(unsigned code, std::string text) {
    if (code != ER_DUP_ENTRY) return text;
    const std::size_t key = text.rfind(" for key ");
    return "Duplicate entry" + (key == std::string::npos ? std::string() : text.substr(key));
}

MYSQL_BIND parameter(const Value& value) {
    struct Binder {
        MYSQL_BIND bind{};
        void operator()(std::nullptr_t) { bind.buffer_type = MYSQL_TYPE_NULL; }
        void operator()(const std::int64_t& number) { set(MYSQL_TYPE_LONGLONG, &number, sizeof number); }
        void operator()(const double& number) { set(MYSQL_TYPE_DOUBLE, &number, sizeof number); }
        void operator()(const std::string& text) { set(MYSQL_TYPE_STRING, text.data(), text.size()); }
        void operator()(const Blob& blob) { set(MYSQL_TYPE_BLOB, blob.bytes.data(), blob.bytes.size()); }
        void set(enum_field_types type, const void* data, std::size_t size) {
            bind.buffer_type = type;
            bind.buffer = const_cast<void*>(data);  // the C interface only reads it
            bind.buffer_length = size;
        }
    } binder;
    std::visit(binder, value);
    return binder.bind;
}

// Where one column of a result lands, whatever its type.
class Column {
public:
    explicit Column(const MYSQL_FIELD& field) {
        switch (field.type) {
            case MYSQL_TYPE_TINY:
            case MYSQL_TYPE_SHORT:
            case MYSQL_TYPE_INT24:
            case MYSQL_TYPE_LONG:
            case MYSQL_TYPE_LONGLONG:
            case MYSQL_TYPE_YEAR:
                type_ = MYSQL_TYPE_LONGLONG;
                break;
            case MYSQL_TYPE_NEWDECIMAL:  // SUM() of integers is one without decimals
                type_ = field.decimals == 0 ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_DOUBLE;
                break;
            case MYSQL_TYPE_FLOAT:
            case MYSQL_TYPE_DOUBLE:
                type_ = MYSQL_TYPE_DOUBLE;
                break;
            default:
                type_ = field.charsetnr == binary_charset ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
        }
    }

    void bind(MYSQL_BIND& bind) {
        bind.buffer_type = type_;
        bind.is_null = &null_;
        bind.length = &length_;
        if (type_ == MYSQL_TYPE_LONGLONG) {
            bind.buffer = &integer_;
        } else if (type_ == MYSQL_TYPE_DOUBLE) {
            bind.buffer = &real_;
        } else {
            bind.buffer = short_text_.data();
            bind.buffer_length = short_text_.size();
        }
    }

    Value take(MYSQL_STMT* statement, unsigned position) {
        if (null_) return nullptr;
        if (type_ == MYSQL_TYPE_LONGLONG) return static_cast<std::int64_t>(integer_);
        if (type_ == MYSQL_TYPE_DOUBLE) return real_;
        std::string text = length_ <= short_text_.size() ? std::string(short_text_.data(), length_)
                                                         : long_text(statement, position);
        if (type_ == MYSQL_TYPE_BLOB) return Blob{std::move(text)};
        return text;
    }

private:
    static constexpr unsigned binary_charset = 63;

    std::string long_text(MYSQL_STMT* statement, unsigned position) {
        std::string text(length_, '\0');
        MYSQL_BIND bind{};
        bind.buffer_type = type_;
        bind.buffer = text.data();
        bind.buffer_length = text.size();
        mysql_stmt_fetch_column(statement, &bind, position, 0);
        return text;
    }

    enum_field_types type_ = MYSQL_TYPE_NULL;
    long long integer_ = 0;
    double real_ = 0;
    std::array<char, 256> short_text_{};
    unsigned long length_ = 0;
    my_bool null_ = 0;
};

class MysqlSession final : public Session {
public:
    explicit MysqlSession(const DbConfig& config) : connection_(nullptr) {
        connection_.options(MYSQL_SET_CHARSET_NAME, "utf8mb4");
        connection_.options(MYSQL_OPT_CONNECT_TIMEOUT, connect_seconds);
        connection_.options(MYSQL_OPT_READ_TIMEOUT, io_seconds);
        connection_.options(MYSQL_OPT_WRITE_TIMEOUT, io_seconds);
        const bool socket = !config.socket.empty();
        if (socket) mysql_optionsv(connection_, MARIADB_OPT_UNIXSOCKET, config.socket.c_str());
        connection_.connect(
            socket ? "localhost" : config.host.c_str(), config.user.c_str(), config.password.c_str(),
            config.database.empty() ? nullptr : config.database.c_str(), static_cast<unsigned>(config.port));
        takes_arrays_ = server_takes_arrays(connection_);
        Session::execute(session_settings);
        Session::execute(isolation);
    }

    using Session::execute;
    using Session::query;

    Dialect dialect() const override { return Dialect::mysql; }

    std::uint64_t execute(std::string_view sql, std::span<const Value> values) override {
        MYSQL_STMT* statement = run(sql, values);
        const std::uint64_t affected = mysql_stmt_affected_rows(statement);
        mysql_stmt_free_result(statement);
        return affected == static_cast<std::uint64_t>(-1) ? 0 : affected;  // -1: it returned rows
    }

    Rows query(std::string_view sql, std::span<const Value> values) override {
        MYSQL_STMT* statement = run(sql, values);
        const std::unique_ptr<MYSQL_STMT, FreeResult> pending(statement);
        const std::unique_ptr<MYSQL_RES, FreeResult> described(mysql_stmt_result_metadata(statement));
        if (!described) throw DbError(DbError::Kind::other, "the statement gives no rows: " + quoted(sql));

        const MYSQL_FIELD* fields = mysql_fetch_fields(described.get());
        std::vector<Column> columns(fields, fields + mysql_num_fields(described.get()));
        std::vector<MYSQL_BIND> binds(columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].bind(binds[i]);
        if (mysql_stmt_bind_result(statement, binds.data()) != 0) fail(statement, sql);
        if (mysql_stmt_store_result(statement) != 0) fail_in_result(statement, sql);

        Rows rows;
        rows.reserve(mysql_stmt_num_rows(statement));
        int code = mysql_stmt_fetch(statement);
        for (; code == 0 || code == MYSQL_DATA_TRUNCATED; code = mysql_stmt_fetch(statement)) {
            std::vector<Value> row;
            row.reserve(columns.size());
            for (unsigned i = 0; i < columns.size(); ++i) row.push_back(columns[i].take(statement, i));
            rows.emplace_back(std::move(row));
        }
        if (code != MYSQL_NO_DATA) fail(statement, sql);
        return rows;
    }

    std::uint64_t insert_rows(std::string_view head, std::size_t columns, std::span<const Value> values,
                              std::string_view tail) override {
        const bool whole = columns != 0 && values.size() % columns == 0;
        const std::size_t rows = whole ? values.size() / columns : 0;
        if (!takes_arrays_ || rows < 2 || !arrays_.fill(values, columns))
            return Session::insert_rows(head, columns, values, tail);
        const std::string sql = insert_text(head, columns, 1, tail);
        check_values(sql, values, values.size());
        MYSQL_STMT* statement = prepared(sql);
        std::uint64_t affected = 0;
        for (std::size_t first = 0; first < rows; first += most_insert_rows) {
            if (!arrays_.execute(statement, first, std::min(rows - first, most_insert_rows)))
                fail(statement, sql);
            affected += mysql_stmt_affected_rows(statement);
        }
        return affected;
    }

private:
    MYSQL_STMT* prepared(std::string_view sql) {
        return statements_.get(sql, [this](std::string_view text) { return prepare(text); }).get();
    }

    MYSQL_STMT* run(std::string_view sql, std::span<const Value> values) {
        MYSQL_STMT* statement = prepared(sql);
        check_values(sql, values, mysql_stmt_param_count(statement));
        parameters_.clear();
        for (const Value& value : values) parameters_.push_back(parameter(value));
        if (!values.empty() && mysql_stmt_bind_param(statement, parameters_.data()) != 0)
            fail(statement, sql);
        if (mysql_stmt_execute(statement) != 0) fail(statement, sql);
        return statement;
    }

    Statement prepare(std::string_view sql) {
        Statement statement(mysql_stmt_init(connection_));
        if (!statement) throw std::bad_alloc();
        if (mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) != 0) fail(statement.get(), sql);
        return statement;
    }

    // A deadlock or a lock wait that ends while the rows come: the client library then waits for the rest of
    // a result that has none when its statement is freed. So this connection ends, and no one waits on it.
    [[noreturn]] void fail_in_result(MYSQL_STMT* statement, std::string_view sql) {
        const unsigned code = mysql_stmt_errno(statement);
        const std::string text =
            "MariaDB " + std::to_string(code) + ": " + mysql_stmt_error(statement) + " in: " + quoted(sql);
        mariadb_cancel(connection_);
        throw DbError(DbError::Kind::lost, text);
    }

    [[noreturn]] static void fail(MYSQL_STMT* statement, std::string_view sql) {
        const unsigned code = mysql_stmt_errno(statement);
        throw DbError(kind_of(code), "MariaDB " + std::to_string(code) + ": " +
                                         without_entry(code, mysql_stmt_error(statement)) +
                                         " in: " + quoted(sql));
    }

    Poco::Data::MySQL::SessionHandle connection_;
    StatementCache<Statement> statements_;  // ends before the connection
    std::vector<MYSQL_BIND> parameters_;    // of the statement that runs
    MysqlArrays arrays_;                    // of the INSERT that runs
    bool takes_arrays_ = false;
};

}  // namespace

std::unique_ptr<Session> open_mysql(const DbConfig& config) {
    try {
        return std::make_unique<MysqlSession>(config);
    } catch (const Poco::Exception& error) {
        const std::string where =
            config.socket.empty() ? config.host + ":" + std::to_string(config.port) : config.socket;
        throw DbError(DbError::Kind::lost, "cannot connect to MariaDB at " + where + " as " + config.user +
                                               ": " + error.displayText());
    }
}

}  // namespace dakiya::store
