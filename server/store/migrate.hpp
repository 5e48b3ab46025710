// The schema. Migrations are the files migrations/NNNN_name.sql, compiled in; they run in the order of
// their names, each once, never backwards. What ran is in the table `migrations` with its SHA-256.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "store/db.hpp"

namespace dakiya::store {

struct Migration {
    std::string_view name;  // "0001_core"
    std::string_view sql;
};

// Those of this build, in order.
std::vector<Migration> migrations();

// Runs what is missing; returns how many ran. Safe on several nodes at once: the others wait up to a
// minute. Throws DbError (other) when the database was made by a newer build, or when a migration that
// ran has another text now. On SQLite all of it happens or nothing; MariaDB cannot undo table changes, so
// there a failure names the statement to look at.
int migrate(Database& database, const Clock& clock);
int migrate(Database& database, const Clock& clock, const std::vector<Migration>& wanted);

// The names of what migrate() would run. The same refusals.
std::vector<std::string> pending(Database& database);

}  // namespace dakiya::store
