// How a session of each dialect is opened, and what both drivers share. Private to this room.
//
// Poco::Data owns the connections. Statements go straight to the native handle below it: Poco's own
// lose the error number, read LONGTEXT columns out of bounds, and cost three times as much.
#pragma once

#include <memory>

#include "store/db.hpp"

namespace dakiya::store {

std::unique_ptr<Session> open_sqlite(const DbConfig& config);
std::unique_ptr<Session> open_mysql(const DbConfig& config);

// The most bytes of a TEXT or BLOB column of MySQL. SQLite would take more; both refuse alike.
inline constexpr std::size_t most_value_bytes = 65'535;

// Throws DbError::other when there are too few or too many values or one of them is too long.
void check_values(std::string_view sql, std::span<const Value> values, std::size_t placeholders);

// `head`, placeholders for so many rows, `tail`: what Session::insert_rows runs.
std::string insert_text(std::string_view head, std::size_t columns, std::size_t rows, std::string_view tail);

// The most rows that go in one statement.
inline constexpr std::size_t most_insert_rows = 512;

// The statement as an error text shows it: its start, on one line. It holds placeholders, no values.
std::string quoted(std::string_view sql);

}  // namespace dakiya::store
