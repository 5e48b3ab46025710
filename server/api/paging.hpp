// Lists in pages: ?limit=50&cursor=… → {"items":[…],"next":"…"}. A cursor is opaque to clients; null means
// that this was the last page.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "dakiya/json.hpp"

namespace dakiya::api {

struct Page {
    std::int64_t from = 0;  // the position to go on from; 0: from the start
    std::string after;      // the same for lists in the order of words
    int limit = 50;
};

inline constexpr int most_per_page = 200;

enum class Cursor { number, words };

// From a query that passed schema::page_query().
Result<Page> page_of(const Json& query, Cursor kind = Cursor::number);

std::string cursor_of(std::int64_t position);
std::string cursor_of(std::string_view words);

// The position of rows that are listed by their ids.
inline constexpr auto by_id = [](const auto& row) { return row.id; };

// `rows` were read with limit + 1: the extra one only says that there is more.
template <class Row, class ToJson, class Position>
Json page_json(const Page& page, const std::vector<Row>& rows, ToJson&& to_json, Position&& position) {
    Json items = Json::array();
    const std::size_t shown = std::min(rows.size(), static_cast<std::size_t>(page.limit));
    for (std::size_t i = 0; i < shown; ++i) items.push_back(to_json(rows[i]));
    Json next;
    if (rows.size() > shown) next = cursor_of(position(rows[shown - 1]));
    return Json{{"items", std::move(items)}, {"next", std::move(next)}};
}

// Rows whose reader says itself where the next page goes on, 0 at the end.
template <class Row, class ToJson>
Json page_json(const std::vector<Row>& rows, std::int64_t next, ToJson&& to_json) {
    Json items = Json::array();
    for (const Row& row : rows) items.push_back(to_json(row));
    return Json{{"items", std::move(items)}, {"next", next == 0 ? Json() : Json(cursor_of(next))}};
}

}  // namespace dakiya::api
