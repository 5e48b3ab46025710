#include "dakiya/crypto.hpp"

#include <catch2/catch.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "dakiya/testing/library.hpp"

using namespace dakiya;

namespace {

// A plugin learns its host when it is loaded; so does this program.
struct WithHost {
    WithHost() { detail::host = &testing::detail::host(); }
    ~WithHost() { detail::host = nullptr; }
};

struct KeyPair {
    std::string secret, open;

    explicit KeyPair(EVP_PKEY* raw) {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(raw, EVP_PKEY_free);
        secret = pem([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
        open = pem([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key.get()); });
    }

private:
    template <class Write>
    static std::string pem(Write&& write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
        REQUIRE(write(out.get()) == 1);
        char* text = nullptr;
        const long size = BIO_get_mem_data(out.get(), &text);
        return {text, static_cast<std::size_t>(size)};
    }
};

}  // namespace

TEST_CASE("digests and HMAC give the published vectors") {
    const WithHost host;
    CHECK(sha256_hex("abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2
    CHECK(hex(digest("md5", "abc")) == "900150983cd24fb0d6963f7d28e17f72");     // RFC 1321
    CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231 4.3
    CHECK(hex(hmac_sha1("Jefe", "what do ya want for nothing?")) ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");  // RFC 2202 3
    CHECK(hmac_sha256("", "").size() == 32);
}

TEST_CASE("signatures are of one key and one text") {
    const WithHost host;
    const std::pair<const char*, KeyPair> schemes[] = {
        {"rs256", KeyPair(EVP_RSA_gen(2048))},
        {"ps256", KeyPair(EVP_RSA_gen(2048))},
        {"es256", KeyPair(EVP_EC_gen("P-256"))},
        {"es384", KeyPair(EVP_EC_gen("P-384"))},
        {"ed25519", KeyPair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))}};
    for (const auto& [algorithm, keys] : schemes) {
        CAPTURE(algorithm);
        const std::string signature = sign(algorithm, keys.secret, "text");
        CHECK(verify_signature(algorithm, keys.open, "text", signature));
        CHECK_FALSE(verify_signature(algorithm, keys.open, "Text", signature));
        CHECK_FALSE(verify_signature(algorithm, keys.open, "text", ""));
        if (std::string_view(algorithm) == "es256") CHECK(signature.size() == 64);
    }
}

TEST_CASE("what the host cannot do is a fault with a reason") {
    {
        const WithHost host;
        CHECK_THROWS_WITH(digest("crc32", "x"), "the host could not compute crc32");
        CHECK_THROWS_WITH(sign("rs256", "not a key", "x"), "the key for rs256 cannot be read");
    }
    CHECK_THROWS_WITH(sha256("x"), "this host has no crypto/1");
}

TEST_CASE("secrets compare equal only when they are, and empty ones never") {
    CHECK(equal("abc", "abc"));
    CHECK_FALSE(equal("abc", "abd"));
    CHECK_FALSE(equal("abc", "abcd"));
    CHECK_FALSE(equal("", ""));
}
