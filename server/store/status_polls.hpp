// Sent messages whose provider is asked what became of them (send/status_poll).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"

namespace dakiya::store {

struct StatusPoll {
    Id message = 0;
    Id tenant = 0;
    Id connection = 0;
    std::string provider_id;
    std::int64_t due_at = 0;  // Unix ms
    int attempts = 0;         // questions so far
};

namespace status_polls {

void insert(Session& session, std::span<const StatusPoll> rows);
// Of all tenants.
bool any_due(Session& session, std::int64_t now_ms);
// Claims due rows by moving their due time to `until_ms`: another server sees them only after that.
std::vector<StatusPoll> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit);
// Writes due_at and attempts; all of `rows` have the same.
void reschedule(Session& session, std::span<const StatusPoll> rows);
void remove(Session& session, std::span<const StatusPoll> rows);

}  // namespace status_polls

}  // namespace dakiya::store
