// Who changed what, when, from where. Rows are never changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct AuditEntry {
    Id id = 0;
    Id tenant = 0;
    std::string actor;    // "key_…", or "operator"
    std::string action;   // "connection.update", …
    std::string subject;  // the id of what was changed
    std::string detail;   // JSON without secrets
    std::string peer;     // IP address
    std::int64_t at = 0;
};

namespace audit {

void append(Session& session, const AuditEntry& entry);
// Newest first, ids below `before` (0: from the newest).
std::vector<AuditEntry> list(Session& session, Scope scope, Id before, int limit);

}  // namespace audit

}  // namespace dakiya::store
