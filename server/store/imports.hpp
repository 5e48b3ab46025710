// Customer files on their way in.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Import {
    Id id = 0;
    Id tenant = 0;
    std::string state = "queued";  // queued, running, done, failed
    std::string file;              // path of the upload
    std::string mapping = "{}";    // JSON, as the API took it
    std::int64_t next_row = 0;     // the first data row that is not yet committed
    std::int64_t n_created = 0, n_updated = 0, n_failed = 0;
    std::string error;  // why it failed as a whole
    std::int64_t created_at = 0, finished_at = 0;
};

struct ImportError {
    std::int64_t line = 0;      // of the file, from 1; one error per line
    std::string field, reason;  // reason: a stable word
    std::string text, raw;      // at most 500 and 1,000 bytes
};

namespace imports {

void create(Session& session, const Import& row);
std::optional<Import> find(Session& session, Scope scope, Id id);
// Newest first, ids below `before` (0: from the newest).
std::vector<Import> list(Session& session, Scope scope, Id before, int limit);
// The oldest one that is queued or running, of any tenant, with an id above `after`.
std::optional<Import> next_unfinished(Session& session, Id after);

// Writes state, next_row and the counts, to be called in the transaction that writes the page. False when
// the row is not at `from_row` any more or has ended: somebody else goes on with it, so throw and undo
// the page. `row.next_row` must be greater, or the state must change.
bool progress(Session& session, const Import& row, std::int64_t from_row);
// Ends it: row.state is done or failed. False when it had ended.
bool finish(Session& session, const Import& row, std::int64_t now_ms);

void append_errors(Session& session, Scope scope, Id id, std::span<const ImportError> errors);
// In file order, lines above `after_line`.
std::vector<ImportError> errors(Session& session, Scope scope, Id id, std::int64_t after_line, int limit);

}  // namespace imports

}  // namespace dakiya::store
