// Businesses. Every other row belongs to one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"

namespace dakiya::store {

struct Tenant {
    Id id = 0;
    std::string name;      // at most 190 bytes
    std::string country;   // ISO 3166-1, two letters: how phones without a country code are read
    std::string zone;      // IANA name
    std::string data_key;  // wrapped by the master key (security/seal)
    std::int64_t created_at = 0;
};

namespace tenants {

void create(Session& session, const Tenant& tenant);
std::optional<Tenant> find(Session& session, Id id);
// Newest first, ids below `before` (0: from the newest).
std::vector<Tenant> list(Session& session, Id before, int limit);

}  // namespace tenants

}  // namespace dakiya::store
