#include "plugin/crypto.hpp"

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <fstream>
#include <memory>
#include <string_view>

namespace dakiya::plugin {
namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_function(object);
    }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

using Out = void (*)(void* ctx, dk_bytes);

std::string_view view(dk_bytes bytes) {
    return bytes.size ? std::string_view(bytes.data, bytes.size) : std::string_view();
}
bool is_sound(dk_bytes bytes) { return bytes.data || bytes.size == 0; }
const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

const EVP_MD* digest_of(std::string_view name) {
    if (name == "md5") return EVP_md5();
    if (name == "sha1") return EVP_sha1();
    if (name == "sha256") return EVP_sha256();
    if (name == "sha384") return EVP_sha384();
    if (name == "sha512") return EVP_sha512();
    return nullptr;
}

// Signature algorithms of RFC 7518 3.1 and RFC 8037.
struct Algorithm {
    std::string_view name;
    int key_type;
    const EVP_MD* (*digest)();
    int curve_bits;  // ECDSA only
    bool pss;
};
constexpr Algorithm algorithms[] = {
    {"rs256", EVP_PKEY_RSA, EVP_sha256, 0, false},    {"rs384", EVP_PKEY_RSA, EVP_sha384, 0, false},
    {"rs512", EVP_PKEY_RSA, EVP_sha512, 0, false},    {"ps256", EVP_PKEY_RSA, EVP_sha256, 0, true},
    {"es256", EVP_PKEY_EC, EVP_sha256, 256, false},   {"es384", EVP_PKEY_EC, EVP_sha384, 384, false},
    {"ed25519", EVP_PKEY_ED25519, nullptr, 0, false},
};

const Algorithm* algorithm_of(std::string_view name) {
    for (const Algorithm& algorithm : algorithms)
        if (algorithm.name == name) return &algorithm;
    return nullptr;
}

int no_passphrase(char*, int, int, void*) { return 0; }  // the default one asks at the terminal

// Null when the PEM cannot be read or holds a key of another kind.
Key read_key(const Algorithm& algorithm, std::string_view pem, bool secret) {
    if (pem.size() > 64U * 1024U) return nullptr;
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Key key(secret ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                   : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key || EVP_PKEY_base_id(key.get()) != algorithm.key_type) return nullptr;
    if (algorithm.curve_bits && EVP_PKEY_bits(key.get()) != algorithm.curve_bits) return nullptr;
    return key;
}

bool use_pss(EVP_PKEY_CTX* context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

// OpenSSL's DER of two integers ↔ r and s in fixed width (RFC 7518 3.4).
std::string fixed_width(std::string_view der, int bits) {
    const unsigned char* at = octets(der);
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    const int width = bits / 8;
    std::string out(2 * static_cast<std::size_t>(width), '\0');
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), octets(out), width) != width ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), octets(out) + width, width) != width)
        return {};
    return out;
}
std::string der(std::string_view fixed, int bits) {
    const int width = bits / 8;
    if (fixed.size() != 2 * static_cast<std::size_t>(width)) return {};
    const EcdsaSignature signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(octets(fixed), width, nullptr);
    BIGNUM* s = BN_bin2bn(octets(fixed) + width, width, nullptr);
    if (!signature || !r || !s || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    unsigned char* bytes = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &bytes);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(
        bytes, [](unsigned char* p) { OPENSSL_free(p); });
    return size > 0 ? std::string(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size))
                    : std::string();
}

dk_status make_signature(const Algorithm& algorithm, std::string_view pem, std::string_view data,
                         std::string& signature) {
    const Key key = read_key(algorithm, pem, true);
    if (!key) return DK_BAD_INPUT;
    const Context context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;  // owned by context
    std::size_t size = 0;
    if (!context ||
        EVP_DigestSignInit(context.get(), &settings, algorithm.digest ? algorithm.digest() : nullptr, nullptr,
                           key.get()) != 1 ||
        (algorithm.pss && !use_pss(settings)) ||
        EVP_DigestSign(context.get(), nullptr, &size, octets(data), data.size()) != 1)
        return DK_INTERNAL;
    signature.resize(size);
    if (EVP_DigestSign(context.get(), octets(signature), &size, octets(data), data.size()) != 1)
        return DK_INTERNAL;
    signature.resize(size);
    if (algorithm.curve_bits) signature = fixed_width(signature, algorithm.curve_bits);
    return signature.empty() ? DK_INTERNAL : DK_OK;
}

dk_status check_signature(const Algorithm& algorithm, std::string_view pem, std::string_view data,
                          std::string_view signature) {
    const Key key = read_key(algorithm, pem, false);
    if (!key) return DK_BAD_INPUT;
    const std::string bytes =
        algorithm.curve_bits ? der(signature, algorithm.curve_bits) : std::string(signature);
    const Context context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* settings = nullptr;
    if (!context ||
        EVP_DigestVerifyInit(context.get(), &settings, algorithm.digest ? algorithm.digest() : nullptr,
                             nullptr, key.get()) != 1 ||
        (algorithm.pss && !use_pss(settings)))
        return DK_INTERNAL;
    const bool genuine =
        EVP_DigestVerify(context.get(), octets(bytes), bytes.size(), octets(data), data.size()) == 1;
    return genuine ? DK_OK : DK_REJECTED;
}

// Runs `compute` behind a wall, and hands its result out after it: `out` is the plugin's, and what it might
// throw must not be taken for ours.
template <class Compute>
dk_status walled(const Compute& compute) {
    try {
        const dk_status status = compute();
        ERR_clear_error();
        return status;
    } catch (...) {
        return DK_INTERNAL;  // out of memory
    }
}

dk_status hand_out(dk_status status, const std::string& bytes, void* ctx, Out out) {
    if (status == DK_OK) out(ctx, {bytes.data(), bytes.size()});
    return status;
}

dk_status digest(dk_bytes algorithm, dk_bytes data, void* ctx, Out out) {
    if (!is_sound(algorithm) || !is_sound(data) || !out) return DK_BAD_INPUT;
    std::string result(EVP_MAX_MD_SIZE, '\0');
    return hand_out(walled([&] {
                        const EVP_MD* md = digest_of(view(algorithm));
                        unsigned size = 0;
                        if (!md) return DK_UNSUPPORTED;
                        if (EVP_Digest(data.data, data.size, octets(result), &size, md, nullptr) != 1)
                            return DK_INTERNAL;
                        result.resize(size);
                        return DK_OK;
                    }),
                    result, ctx, out);
}

dk_status hmac(dk_bytes algorithm, dk_bytes key, dk_bytes data, void* ctx, Out out) {
    if (!is_sound(algorithm) || !is_sound(key) || !is_sound(data) || !out) return DK_BAD_INPUT;
    if (key.size > 1U << 20U) return DK_BAD_INPUT;
    std::string result(EVP_MAX_MD_SIZE, '\0');
    return hand_out(walled([&] {
                        const EVP_MD* md = digest_of(view(algorithm));
                        unsigned size = 0;
                        if (!md) return DK_UNSUPPORTED;
                        if (!HMAC(md, key.size ? key.data : "", static_cast<int>(key.size),
                                  octets(view(data)), data.size, octets(result), &size))
                            return DK_INTERNAL;
                        result.resize(size);
                        return DK_OK;
                    }),
                    result, ctx, out);
}

dk_status sign(dk_bytes algorithm, dk_bytes key_pem, dk_bytes data, void* ctx, Out out) {
    if (!is_sound(algorithm) || !is_sound(key_pem) || !is_sound(data) || !out) return DK_BAD_INPUT;
    std::string result;
    return hand_out(walled([&] {
                        const Algorithm* known = algorithm_of(view(algorithm));
                        return known ? make_signature(*known, view(key_pem), view(data), result)
                                     : DK_UNSUPPORTED;
                    }),
                    result, ctx, out);
}

dk_status verify(dk_bytes algorithm, dk_bytes key_pem, dk_bytes data, dk_bytes signature) {
    if (!is_sound(algorithm) || !is_sound(key_pem) || !is_sound(data) || !is_sound(signature))
        return DK_BAD_INPUT;
    return walled([&] {
        const Algorithm* known = algorithm_of(view(algorithm));
        return known ? check_signature(*known, view(key_pem), view(data), view(signature)) : DK_UNSUPPORTED;
    });
}

constexpr dk_crypto table{sizeof(dk_crypto), 0, digest, hmac, sign, verify};

}  // namespace

const dk_crypto& crypto_table() { return table; }

Result<std::string> sha256_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const Context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
    std::string block(64U * 1024U, '\0');
    while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (!file.eof()) return Error{Code::not_found, "it cannot be read", {}};
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), sum.data(), &size);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) {
        hex += "0123456789abcdef"[sum[i] >> 4U];
        hex += "0123456789abcdef"[sum[i] & 15U];
    }
    return hex;
}

}  // namespace dakiya::plugin
