// Pieces of SQL that several repositories write.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <string>
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

// Locks what a transaction read; SQLite has one writer anyway.
inline std::string for_update(Dialect dialect) { return dialect == Dialect::mysql ? " FOR UPDATE" : ""; }

}  // namespace dakiya::store
