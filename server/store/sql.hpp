// Pieces of SQL that several repositories write.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"

namespace dakiya::store {

// How many placeholders a list of `n` gets: the next power of two, so that a session prepares a dozen
// statements and not one per length.
inline std::size_t padded(std::size_t n) { return std::bit_ceil(std::max<std::size_t>(n, 1)); }

// "(?,?,?)" for `n` values; fill with append_ids or pad with a value that matches nothing or repeats one.
inline std::string placeholders(std::size_t n) {
    std::string text = "(";
    for (std::size_t i = 0; i < padded(n); ++i) text += i == 0 ? "?" : ",?";
    return text + ")";
}

// The ids and the padding that placeholders(ids.size()) expects. Id 0 names no row.
inline void append_ids(std::vector<Value>& values, std::span<const Id> ids) {
    values.insert(values.end(), ids.begin(), ids.end());
    values.insert(values.end(), padded(ids.size()) - ids.size(), Value(Id{0}));
}

// The same for texts, which are padded with a repeat.
inline void append_texts(std::vector<Value>& values, std::span<const std::string> texts) {
    values.insert(values.end(), texts.begin(), texts.end());
    values.insert(values.end(), padded(texts.size()) - texts.size(),
                  texts.empty() ? Value(nullptr) : Value(texts.front()));
}

// The bound of a page that is listed newest first: everything when `before` is 0.
inline Id below(Id before) { return before == 0 ? std::numeric_limits<Id>::max() : before; }

// A column that is NULL when there is nothing.
inline Value text_or_null(std::string_view text) {
    return text.empty() ? Value(nullptr) : Value(std::string(text));
}

// Every row through `read`, which makes a T of it.
template <class Read>
auto map_rows(const Rows& rows, Read read) {
    std::vector<decltype(read(rows.front()))> list;
    list.reserve(rows.size());
    for (const Row& row : rows) list.push_back(read(row));
    return list;
}

// The first row through `read`, or nothing.
template <class Read>
auto first_row(const Rows& rows, Read read) {
    using T = decltype(read(rows.front()));
    return rows.empty() ? std::optional<T>() : std::optional<T>(read(rows.front()));
}

// The tail of an INSERT that overwrites these columns of a row that is there already.
inline std::string overwrite(Dialect dialect, std::string_view key,
                             std::initializer_list<std::string_view> columns) {
    std::string tail = upsert(dialect, key);
    for (const std::string_view column : columns)
        tail.append(column == *columns.begin() ? "" : ", ")
            .append(column)
            .append(" = ")
            .append(incoming(dialect, column));
    return tail;
}

// The tail of an INSERT that leaves a row alone that is there already. Unlike INSERT IGNORE it hides no
// other refusal, such as text that is too long. `column` is any column of the table.
inline std::string unless_there(Dialect dialect, std::string_view column) {
    if (dialect == Dialect::sqlite) return " ON CONFLICT DO NOTHING";
    return " ON DUPLICATE KEY UPDATE " + std::string(column) + " = " + std::string(column);
}

// The tenant of rows that are found by something else. As a plain "tenant_id = ?" it would invite MariaDB,
// whose statistics are old after an import, to walk all rows of the tenant instead (measured: a page of a
// campaign read every contact).
inline constexpr const char* own_rows = "tenant_id + 0 = ?";

// An inner join that reads the tables in the order in which they are written.
// https://mariadb.com/kb/en/join-syntax/, https://www.sqlite.org/optoverview.html#crossjoin
inline const char* join_next(Dialect dialect) {
    return dialect == Dialect::sqlite ? "CROSS JOIN" : "STRAIGHT_JOIN";
}

// Locks what a transaction read; SQLite has one writer anyway.
// Of rows that several servers take for themselves: what another one is taking is passed over, not waited
// for.
inline std::string for_update_of_free(Dialect dialect) {
    return dialect == Dialect::mysql ? " FOR UPDATE SKIP LOCKED" : "";
}
inline std::string for_update(Dialect dialect) { return dialect == Dialect::mysql ? " FOR UPDATE" : ""; }

}  // namespace dakiya::store
