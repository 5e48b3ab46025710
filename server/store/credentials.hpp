// What a provider gave us in exchange for a connection's secrets: a token that ends (docs/design.md 6.8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Credential {
    Id connection = 0;
    std::string sealed;           // security/seal
    std::int64_t expires_at = 0;  // 0: does not say
};

namespace credentials {

// Replaces the one before. False when the connection is not the tenant's (or was removed meanwhile).
bool save(Session& session, Scope scope, const Credential& credential);
std::optional<Credential> find(Session& session, Scope scope, Id connection);

}  // namespace credentials

}  // namespace dakiya::store
