// dakiya/testing/crypto.hpp - the extension crypto/1 (crypto_abi.h) over OpenSSL 3, for tests. Link
// OpenSSL::Crypto.
#ifndef DAKIYA_TESTING_CRYPTO_HPP
#define DAKIYA_TESTING_CRYPTO_HPP

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "dakiya/crypto_abi.h"
#include "dakiya/host.hpp"

namespace dakiya::testing {

namespace detail {

using Output = void (*)(void*, dk_bytes);
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Signature = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

inline const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

inline const EVP_MD* hash_of(std::string_view algorithm) {
    if (algorithm == "md5") return EVP_md5();
    if (algorithm == "sha1") return EVP_sha1();
    if (algorithm == "sha256") return EVP_sha256();
    if (algorithm == "sha384") return EVP_sha384();
    if (algorithm == "sha512") return EVP_sha512();
    return nullptr;
}

// How a signature algorithm is done: `width` is the size of r and of s, 0 when it is not ECDSA.
struct Scheme {
    const EVP_MD* hash = nullptr;
    int type = EVP_PKEY_NONE;
    int padding = 0;
    int width = 0;
};

inline Scheme scheme_of(std::string_view algorithm) {
    if (algorithm == "rs256") return {EVP_sha256(), EVP_PKEY_RSA, RSA_PKCS1_PADDING, 0};
    if (algorithm == "rs384") return {EVP_sha384(), EVP_PKEY_RSA, RSA_PKCS1_PADDING, 0};
    if (algorithm == "rs512") return {EVP_sha512(), EVP_PKEY_RSA, RSA_PKCS1_PADDING, 0};
    if (algorithm == "ps256") return {EVP_sha256(), EVP_PKEY_RSA, RSA_PKCS1_PSS_PADDING, 0};
    if (algorithm == "es256") return {EVP_sha256(), EVP_PKEY_EC, 0, 32};
    if (algorithm == "es384") return {EVP_sha384(), EVP_PKEY_EC, 0, 48};
    if (algorithm == "ed25519") return {nullptr, EVP_PKEY_ED25519, 0, 0};
    return {};
}

inline dk_status digest(dk_bytes algorithm, dk_bytes data, void* ctx, Output out) {
    const EVP_MD* hash = hash_of(view(algorithm));
    if (!hash) return DK_UNSUPPORTED;
    unsigned char buffer[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(data.data, data.size, buffer, &size, hash, nullptr) != 1) return DK_INTERNAL;
    out(ctx, {reinterpret_cast<const char*>(buffer), size});
    return DK_OK;
}

inline dk_status hmac(dk_bytes algorithm, dk_bytes key, dk_bytes data, void* ctx, Output out) {
    const EVP_MD* hash = hash_of(view(algorithm));
    if (!hash) return DK_UNSUPPORTED;
    unsigned char buffer[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const std::string_view secret = key.size ? view(key) : std::string_view("");
    if (!HMAC(hash, secret.data(), static_cast<int>(secret.size()), raw(view(data)), data.size, buffer,
              &size))
        return DK_INTERNAL;
    out(ctx, {reinterpret_cast<const char*>(buffer), size});
    return DK_OK;
}

inline Key read_key(dk_bytes pem, int type, bool secret) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pem.data, static_cast<int>(pem.size)),
                                                       BIO_free);
    Key key(secret ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr)
                   : PEM_read_bio_PUBKEY(in.get(), nullptr, nullptr, nullptr),
            EVP_PKEY_free);
    if (key && EVP_PKEY_base_id(key.get()) != type) key.reset();
    return key;
}

// OpenSSL writes ECDSA signatures in DER; JOSE wants r and s side by side (RFC 7518 3.4).
inline std::string der_to_pair(std::string_view der, int width) {
    const unsigned char* cursor = raw(der);
    const Signature signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string pair(static_cast<std::size_t>(width) * 2, '\0');
    auto* bytes = reinterpret_cast<unsigned char*>(pair.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes, width) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes + width, width) < 0)
        return {};
    return pair;
}

inline std::string pair_to_der(std::string_view pair, int width) {
    if (pair.size() != static_cast<std::size_t>(width) * 2) return {};
    const Signature signature(ECDSA_SIG_new(), ECDSA_SIG_free);
    BIGNUM* r = BN_bin2bn(raw(pair), width, nullptr);
    BIGNUM* s = BN_bin2bn(raw(pair) + width, width, nullptr);
    ECDSA_SIG_set0(signature.get(), r, s);
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return {};
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

inline dk_status sign(dk_bytes algorithm, dk_bytes pem, dk_bytes data, void* ctx, Output out) {
    const Scheme scheme = scheme_of(view(algorithm));
    if (scheme.type == EVP_PKEY_NONE) return DK_UNSUPPORTED;
    const Key key = read_key(pem, scheme.type, true);
    if (!key) return DK_BAD_INPUT;
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    std::size_t size = 0;
    if (EVP_DigestSignInit(context.get(), &options, scheme.hash, nullptr, key.get()) != 1) return DK_INTERNAL;
    if (scheme.padding && EVP_PKEY_CTX_set_rsa_padding(options, scheme.padding) != 1) return DK_INTERNAL;
    if (EVP_DigestSign(context.get(), nullptr, &size, raw(view(data)), data.size) != 1) return DK_INTERNAL;
    std::string text(size, '\0');
    auto* buffer = reinterpret_cast<unsigned char*>(text.data());
    if (EVP_DigestSign(context.get(), buffer, &size, raw(view(data)), data.size) != 1) return DK_INTERNAL;
    text.resize(size);
    if (scheme.width) text = der_to_pair(text, scheme.width);
    out(ctx, bytes(text));
    return DK_OK;
}

inline dk_status verify(dk_bytes algorithm, dk_bytes pem, dk_bytes data, dk_bytes given) {
    const Scheme scheme = scheme_of(view(algorithm));
    if (scheme.type == EVP_PKEY_NONE) return DK_UNSUPPORTED;
    const Key key = read_key(pem, scheme.type, false);
    if (!key) return DK_BAD_INPUT;
    const std::string signature =
        scheme.width ? pair_to_der(view(given), scheme.width) : std::string(view(given));
    const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* options = nullptr;
    if (EVP_DigestVerifyInit(context.get(), &options, scheme.hash, nullptr, key.get()) != 1)
        return DK_INTERNAL;
    if (scheme.padding && EVP_PKEY_CTX_set_rsa_padding(options, scheme.padding) != 1) return DK_INTERNAL;
    const int good =
        EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(view(data)), data.size);
    return good == 1 ? DK_OK : DK_REJECTED;
}

}  // namespace detail

inline const dk_crypto& crypto() {
    static const dk_crypto table{sizeof(dk_crypto), 0, detail::digest, detail::hmac, detail::sign,
                                 detail::verify};
    return table;
}

}  // namespace dakiya::testing

#endif
