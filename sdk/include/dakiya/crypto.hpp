// dakiya/crypto.hpp - digests and signatures, computed by the host (crypto_abi.h).
//
//   if (!equal(in.header("x-signature"), hmac_sha256_hex(secret, in.body())))
//       throw Fault(DK_REJECTED, "signature does not match");
//
// Digests are raw bytes unless the name ends in _hex. Everything throws Fault when the host cannot.
#ifndef DAKIYA_CRYPTO_HPP
#define DAKIYA_CRYPTO_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "dakiya/crypto_abi.h"
#include "dakiya/encoding.hpp"
#include "dakiya/host.hpp"

namespace dakiya {

namespace detail {

inline const dk_crypto& crypto() {
    const auto* table = static_cast<const dk_crypto*>(host_extension(DK_CRYPTO_ID));
    if (!table) throw Fault(DK_UNSUPPORTED, "this host has no crypto/1");
    return *table;
}

inline void collect(void* text, dk_bytes out) { static_cast<std::string*>(text)->assign(out.data, out.size); }

inline void require_ok(dk_status status, std::string_view algorithm) {
    if (status == DK_OK) return;
    const std::string name(algorithm);
    if (status == DK_BAD_INPUT) throw Fault(DK_BAD_INPUT, "the key for " + name + " cannot be read");
    throw Fault(status, "the host could not compute " + name);
}

}  // namespace detail

// "md5", "sha1", "sha256", "sha384", "sha512".
inline std::string digest(std::string_view algorithm, std::string_view data) {
    std::string out;
    detail::require_ok(detail::crypto().digest(bytes(algorithm), bytes(data), &out, detail::collect),
                       algorithm);
    return out;
}

inline std::string hmac(std::string_view algorithm, std::string_view key, std::string_view data) {
    std::string out;
    detail::require_ok(
        detail::crypto().hmac(bytes(algorithm), bytes(key), bytes(data), &out, detail::collect), algorithm);
    return out;
}

// "rs256", "es256", "ed25519" …: see crypto_abi.h. The key is PEM.
inline std::string sign(std::string_view algorithm, std::string_view key_pem, std::string_view data) {
    std::string out;
    detail::require_ok(
        detail::crypto().sign(bytes(algorithm), bytes(key_pem), bytes(data), &out, detail::collect),
        algorithm);
    return out;
}

// False when the signature is not of this key and data.
inline bool verify_signature(std::string_view algorithm, std::string_view key_pem, std::string_view data,
                             std::string_view signature) {
    const dk_status status =
        detail::crypto().verify(bytes(algorithm), bytes(key_pem), bytes(data), bytes(signature));
    if (status == DK_REJECTED) return false;
    detail::require_ok(status, algorithm);
    return true;
}

inline std::string sha256(std::string_view data) { return digest("sha256", data); }
inline std::string sha256_hex(std::string_view data) { return hex(sha256(data)); }
inline std::string hmac_sha256(std::string_view key, std::string_view data) {
    return hmac("sha256", key, data);
}
inline std::string hmac_sha256_hex(std::string_view key, std::string_view data) {
    return hex(hmac_sha256(key, data));
}
inline std::string hmac_sha1(std::string_view key, std::string_view data) { return hmac("sha1", key, data); }

// Compares secrets: the time taken depends on the lengths only. Two empty texts are NOT equal, so that
// a missing signature never matches a missing secret.
inline bool equal(std::string_view a, std::string_view b) {
    if (a.empty() || a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

}  // namespace dakiya

#endif
