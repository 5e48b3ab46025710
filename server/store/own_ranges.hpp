// A tenant's rows of a large table, by id: where to look for the next page.
//
// "tenant_id = ? AND id < ? ORDER BY id DESC LIMIT 50" is not enough for MariaDB. When the tenant has much of
// the table it prefers the first condition to the range (`ref` on (tenant, id), whose price it caps), and
// reads all of the tenant's rows from one end to the page; else it guesses from the table's average how far
// the next 50 rows are, and a tenant whose rows lie together is no average. So the next row is looked up (MIN
// and MAX are one step into the index, whatever the statistics say), and pages are read from ranges with two
// ends.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "store/scope.hpp"
#include "store/sql.hpp"

namespace dakiya::store {

enum class Order { oldest_first, newest_first };

// The tenant, beside a range of ids with two ends. For MariaDB a second value (no tenant is 0), so that `ref`
// is out of the question: it takes the primary key where most rows of the range are the tenant's, else the
// index.
inline std::string own_page(Dialect dialect) {
    return dialect == Dialect::mysql ? "tenant_id IN (?, 0)" : "tenant_id = ?";
}

// Ranges of ids that hold rows of the tenant, one after the other, none twice and none left out, from `from`
// on (not included). They grow while they hold few. look(first, last): how many rows of the tenant it found
// there; nothing ends the walk. The table must have an index on (tenant_id, id).
template <class Look>
void walk_own_ranges(Session& session, std::string_view table, Scope scope, Order order, Id from, Look look) {
    const bool newest_first = order == Order::newest_first;
    const std::string next = std::string(newest_first ? "SELECT MAX(id) FROM " : "SELECT MIN(id) FROM ") +
                             std::string(table) + " WHERE tenant_id = ? AND id " +
                             (newest_first ? "< ?" : "> ?");
    Id width = 1'000;
    for (;;) {
        const Id at = session.query(next, {scope.tenant, from}).front().integer(0);
        if (at == 0) return;
        const Id first = newest_first ? std::max<Id>(1, at - width + 1) : at;
        const Id last = newest_first ? at : at + width - 1;
        const std::optional<std::int64_t> held = look(first, last);
        if (!held) return;
        from = newest_first ? first : last;
        if (*held < width / 2) width *= 2;
    }
}

}  // namespace dakiya::store
