// Daily quotas of a tenant, and the campaigns that they hold back.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/quota.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store::quotas {

std::vector<domain::Quota> list(Session& session, Scope scope);
// Makes or changes it; what was used stays.
void put(Session& session, Scope scope, std::string_view channel, Id connection, std::int64_t per_day);
bool remove(Session& session, Scope scope, std::string_view channel, Id connection);

// Those that count a message on this channel and connection, locked until the transaction ends.
std::vector<domain::Quota> of(Session& session, Scope scope, std::string_view channel, Id connection);
void set_used(Session& session, Scope scope, const domain::Quota& quota);

}  // namespace dakiya::store::quotas

namespace dakiya::store::holds {

// The campaign takes no chunk before `until`, and says why (at most 500 bytes).
void put(Session& session, Scope scope, Id campaign, std::int64_t until_ms, std::string_view text);
// Campaigns that are held, of all tenants.
std::vector<Id> all(Session& session, std::int64_t now_ms);
bool any_due(Session& session, std::int64_t now_ms);
// Ends those whose time has come, of all tenants and at most `limit`.
void end_due(Session& session, std::int64_t now_ms, int limit);
// One of them, if it is held.
void end(Session& session, Id campaign);
// The reason is gone, or may be: all of the tenant's are over now.
void hurry(Session& session, Scope scope, std::int64_t now_ms);

}  // namespace dakiya::store::holds
