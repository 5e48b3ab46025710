// Seals and opens a tenant's secrets by its id: unwraps each tenant's data key once and keeps it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "security/seal.hpp"

namespace dakiya::security {

class Vault {
public:
    // The wrapped data key of a tenant (tenants.data_key), or "" when there is no such tenant. [any thread]
    using FindDataKey = std::function<std::string(Id tenant)>;

    Vault(const Key& master, FindDataKey find) : master_(master), find_(std::move(find)) {}

    // Code::not_found: no such tenant. Otherwise as seal.hpp says. [any thread]
    Result<std::string> seal(const Place& place, std::string_view text);
    Result<std::string> open(const Place& place, std::string_view sealed);

    // A keyed hash (HMAC-SHA-256, 64 hex digits) that only this tenant's key can make. purpose: what it is
    // for, so that hashes of two subjects are never the same. Code::not_found as above. [any thread]
    Result<std::string> mac(Id tenant, std::string_view purpose, std::string_view text);

    // A new wrapped data key, for a tenant that is about to be created.
    std::string make_data_key(Id tenant) const;

private:
    Result<Key> data_key(Id tenant);

    const Key master_;
    const FindDataKey find_;
    std::mutex mutex_;
    std::unordered_map<Id, Key> keys_;
};

}  // namespace dakiya::security
