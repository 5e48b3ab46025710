#include "store/db.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "store/drivers.hpp"

namespace dakiya::store {

namespace {

template <class Number>
Number parsed(const std::string& text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

const std::string no_text;

}  // namespace

bool Row::null(std::size_t column) const {
    return std::holds_alternative<std::nullptr_t>(values_.at(column));
}

std::int64_t Row::integer(std::size_t column) const {
    const Value& value = values_.at(column);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* number = std::get_if<double>(&value)) return std::llround(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return parsed<std::int64_t>(*text);
    return 0;
}

double Row::real(std::size_t column) const {
    const Value& value = values_.at(column);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return static_cast<double>(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return parsed<double>(*text);
    return 0;
}

const std::string& Row::text(std::size_t column) const {
    const Value& value = values_.at(column);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
    return no_text;
}

std::string insert_text(std::string_view head, std::size_t columns, std::size_t rows, std::string_view tail) {
    std::string sql;
    sql.reserve(head.size() + tail.size() + 8 + rows * (2 * columns + 3));
    sql.append(head).append(" ");
    for (std::size_t row = 0; row < rows; ++row) {
        sql.append(row == 0 ? "(?" : ",(?");
        for (std::size_t column = 1; column < columns; ++column) sql.append(",?");
        sql.append(")");
    }
    return sql.append(tail);
}

std::uint64_t Session::insert_rows(std::string_view head, std::size_t columns, std::span<const Value> values,
                                   std::string_view tail) {
    if (columns == 0 || values.size() % columns != 0)
        throw std::invalid_argument("insert_rows: the values do not fill whole rows");
    // SQLite takes 32,766 placeholders in a statement, MySQL 65,535.
    const std::size_t most = std::clamp<std::size_t>(30'000 / columns, 1, most_insert_rows);
    // Powers of two and few rows exactly: two dozen statements serve every number of rows, and all of them
    // stay prepared.
    constexpr std::size_t few = 16;
    std::uint64_t affected = 0;
    for (std::size_t left = values.size() / columns; left > 0;) {
        const std::size_t rows = left <= std::min(few, most) ? left : std::bit_floor(std::min(left, most));
        affected += execute(insert_text(head, columns, rows, tail), values.first(rows * columns));
        values = values.subspan(rows * columns);
        left -= rows;
    }
    return affected;
}

std::string upsert(Dialect dialect, std::string_view key) {
    if (dialect == Dialect::mysql) return " ON DUPLICATE KEY UPDATE ";
    return " ON CONFLICT(" + std::string(key) + ") DO UPDATE SET ";
}

std::string incoming(Dialect dialect, std::string_view column) {
    if (dialect == Dialect::mysql) return "VALUES(" + std::string(column) + ")";
    return "excluded." + std::string(column);
}

void check_values(std::string_view sql, std::span<const Value> values, std::size_t placeholders) {
    if (values.size() != placeholders)
        throw DbError(DbError::Kind::other, "the statement has " + std::to_string(placeholders) +
                                                " placeholders but was given " +
                                                std::to_string(values.size()) + " values: " + quoted(sql));
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::size_t size = 0;
        if (const auto* text = std::get_if<std::string>(&values[i])) size = text->size();
        if (const auto* blob = std::get_if<Blob>(&values[i])) size = blob->bytes.size();
        if (size > most_value_bytes)
            throw DbError(DbError::Kind::other, "value " + std::to_string(i + 1) + " has " +
                                                    std::to_string(size) + " bytes, a column takes " +
                                                    std::to_string(most_value_bytes) + ": " + quoted(sql));
    }
}

std::string quoted(std::string_view sql) {
    std::string text(sql.substr(0, 160));
    std::replace(text.begin(), text.end(), '\n', ' ');
    return sql.size() > 160 ? text + "..." : text;
}

std::unique_ptr<Session> open_session(const DbConfig& config) {
    return config.dialect == Dialect::sqlite ? open_sqlite(config) : open_mysql(config);
}

struct Database::Pool {
    DbConfig config;
    Connect connect;
    std::mutex mutex;
    std::condition_variable returned;
    std::vector<std::unique_ptr<Session>> idle;
    int open = 0;
};

Database::Database(DbConfig config, Connect connect) : pool_(std::make_unique<Pool>()) {
    if (config.sessions < 1) throw std::invalid_argument("a database needs at least one session");
    pool_->config = std::move(config);
    pool_->connect = std::move(connect);
}

Database::~Database() = default;

Dialect Database::dialect() const { return pool_->config.dialect; }
const DbConfig& Database::config() const { return pool_->config; }

std::unique_ptr<Session> Database::connect() { return pool_->connect(pool_->config); }

Database::Lease::Lease(Database& database) : database_(database) {
    Pool& pool = *database_.pool_;
    std::unique_lock lock(pool.mutex);
    const auto free = [&pool] { return !pool.idle.empty() || pool.open < pool.config.sessions; };
    if (!pool.returned.wait_for(lock, std::chrono::seconds(30), free))
        throw DbError(DbError::Kind::busy, "all " + std::to_string(pool.config.sessions) +
                                               " database sessions have been in use for 30 seconds");
    if (!pool.idle.empty()) {
        session_ = std::move(pool.idle.back());
        pool.idle.pop_back();
        return;
    }
    ++pool.open;
    lock.unlock();
    try {
        session_ = database_.connect();
    } catch (...) {
        lock.lock();
        --pool.open;
        pool.returned.notify_one();
        throw;
    }
}

Database::Lease::~Lease() {
    Pool& pool = *database_.pool_;
    // A lost connection mostly means that the server restarted: its siblings are dead too.
    std::vector<std::unique_ptr<Session>> dead;
    {
        const std::lock_guard lock(pool.mutex);
        if (broken_) {
            dead.swap(pool.idle);
            pool.open -= 1 + static_cast<int>(dead.size());
        } else {
            pool.idle.push_back(std::move(session_));
        }
    }
    pool.returned.notify_all();
}

}  // namespace dakiya::store
