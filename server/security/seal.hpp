// Secrets at rest. Every tenant has a data key; the operator's master key wraps the data keys; a sealed
// text is bound to its place, so that it cannot be moved to another row.
//
//   sealed text   "v1." + base64(nonce (12 bytes) | cipher | tag (16 bytes)), AES-256-GCM with a random nonce
//                 (NIST SP 800-38D; one key must seal fewer than 2^32 texts)
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/result.hpp"

namespace dakiya::security {

// 32 bytes that are wiped when they go.
class Key {
public:
    static constexpr std::size_t size = 32;

    static Key random();
    // From base64 of exactly 32 bytes, as `openssl rand -base64 32` prints it.
    static Result<Key> parse(std::string_view base64);

    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();

    const std::array<std::uint8_t, size>& bytes() const { return bytes_; }

private:
    Key() = default;
    std::array<std::uint8_t, size> bytes_{};
};

// Where a sealed text lives. It is authenticated, not stored.
struct Place {
    Id tenant = 0;
    std::string_view table, field;
    Id row = 0;
};

std::string seal(const Key& key, const Place& place, std::string_view text);
// Code::unauthorized: another key or another place, or the bytes were changed (GCM cannot tell which).
// Code::invalid: not a sealed text at all.
Result<std::string> open(const Key& key, const Place& place, std::string_view sealed);

// A tenant's data key as tenants.data_key holds it.
std::string wrap(const Key& master, Id tenant, const Key& data_key);
// Code::unauthorized: the master key is not the one that wrapped it. Code::invalid: not a wrapped key.
Result<Key> unwrap(const Key& master, Id tenant, std::string_view wrapped);

}  // namespace dakiya::security
