#include "security/vault.hpp"

namespace dakiya::security {

Result<std::string> Vault::seal(const Place& place, std::string_view text) {
    const Result<Key> key = data_key(place.tenant);
    if (!key) return key.error();
    return security::seal(*key, place, text);
}

Result<std::string> Vault::open(const Place& place, std::string_view sealed) {
    const Result<Key> key = data_key(place.tenant);
    if (!key) return key.error();
    return security::open(*key, place, sealed);
}

std::string Vault::make_data_key(Id tenant) const { return wrap(master_, tenant, Key::random()); }

// The lock is not held while the store is asked: two threads may ask for the same key once each.
Result<Key> Vault::data_key(Id tenant) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = keys_.find(tenant); found != keys_.end()) return found->second;
    }
    const std::string wrapped = find_(tenant);
    if (wrapped.empty()) return Error{Code::not_found, "there is no tenant " + std::to_string(tenant), ""};
    Result<Key> key = unwrap(master_, tenant, wrapped);
    if (!key) return key;
    const std::lock_guard lock(mutex_);
    keys_.emplace(tenant, *key);
    return key;
}

}  // namespace dakiya::security
