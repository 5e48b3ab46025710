// API keys. Only the hash of a key is here (security/token).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct ApiKey {
    Id id = 0;
    Id tenant = 0;
    std::string name;
    std::string hash;
    std::string permissions;  // words with a space between: "read send manage admin"
    std::int64_t created_at = 0;
    std::int64_t expires_at = 0;    // 0: never
    std::int64_t last_used_at = 0;  // to the minute; 0: never
    std::int64_t revoked_at = 0;    // 0: not
};

namespace keys {

void create(Session& session, const ApiKey& key);
// Of any tenant: this is how a caller is known. Revoked and expired keys too; ask usable().
std::optional<ApiKey> find_by_hash(Session& session, std::string_view hash);
bool usable(const ApiKey& key, std::int64_t now_ms);
std::optional<ApiKey> find(Session& session, Scope scope, Id id);
// Newest first, ids below `before` (0: from the newest).
std::vector<ApiKey> list(Session& session, Scope scope, Id before, int limit);
// False when there is no such key or it was revoked before.
bool revoke(Session& session, Scope scope, Id id, std::int64_t now_ms);
// Notes that it was used; writes at most once a minute.
void touch(Session& session, Scope scope, Id id, std::int64_t now_ms);

}  // namespace keys

}  // namespace dakiya::store
