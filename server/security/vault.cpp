#include "security/vault.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <span>
#include <stdexcept>

#include "security/token.hpp"

namespace dakiya::security {

namespace {

// 32 bytes (RFC 2104).
std::string hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
    std::string digest(32, '\0');
    unsigned size = 0;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(),
              reinterpret_cast<unsigned char*>(digest.data()), &size))
        throw std::runtime_error("HMAC failed");
    return digest;
}

}  // namespace

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

Result<std::string> Vault::mac(Id tenant, std::string_view purpose, std::string_view text) {
    const Result<Key> key = data_key(tenant);
    if (!key) return key.error();
    // A key of its own for each purpose: the data key itself only seals.
    const std::string own = hmac_sha256(key->bytes(), "dakiya mac v1 " + std::string(purpose));
    return hex(hmac_sha256(std::span(reinterpret_cast<const std::uint8_t*>(own.data()), own.size()), text));
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
