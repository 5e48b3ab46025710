#include "plugin/crypto.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crowd.hpp"

using namespace dakiya;
using namespace dakiya::plugin;

namespace {

dk_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }
void collect(void* text, dk_bytes out) { static_cast<std::string*>(text)->append(out.data, out.size); }

std::string hex(const std::string& raw) {
    std::string text;
    for (const char c : raw) {
        text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
        text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
    }
    return text;
}

struct Pair {
    std::string secret, open;  // PEM
};

Pair make_pair(EVP_PKEY* made) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, EVP_PKEY_free);
    const auto pem = [&](auto write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
        REQUIRE(write(bio.get()) == 1);
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &data);
        return std::string(data, static_cast<std::size_t>(size));
    };
    return {pem([&](BIO* bio) {
                return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            }),
            pem([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); })};
}

const dk_crypto& crypto = crypto_table();

}  // namespace

TEST_CASE("digests of known texts") {
    struct Case {
        const char *algorithm, *sum;
    };
    const Case cases[] = {
        // of "abc": FIPS 180-4 examples, RFC 1321 A.5
        {"md5", "900150983cd24fb0d6963f7d28e17f72"},
        {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"sha384",
         "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
        {"sha512",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
         "454d4423643ce80e2a9ac94fa54ca49f"}};
    for (const Case& one : cases) {
        std::string out;
        CHECK(crypto.digest(bytes(one.algorithm), bytes("abc"), &out, collect) == DK_OK);
        CHECK(hex(out) == one.sum);
    }
    std::string out;
    CHECK(crypto.digest(bytes("sha256"), {nullptr, 0}, &out, collect) == DK_OK);
    CHECK(hex(out) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("HMAC of known texts") {
    std::string out;  // RFC 4231 4.3
    CHECK(crypto.hmac(bytes("sha256"), bytes("Jefe"), bytes("what do ya want for nothing?"), &out, collect) ==
          DK_OK);
    CHECK(hex(out) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    out.clear();
    CHECK(crypto.hmac(bytes("sha256"), {nullptr, 0}, bytes("x"), &out, collect) == DK_OK);
    CHECK(out.size() == 32);
}

TEST_CASE("what is signed is verified, and a flipped bit is not") {
    const Pair rsa = make_pair(EVP_RSA_gen(2048));
    const Pair p256 = make_pair(EVP_EC_gen("P-256"));
    const Pair p384 = make_pair(EVP_EC_gen("P-384"));
    const Pair ed = make_pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    struct Case {
        const char* algorithm;
        const Pair& pair;
        std::size_t size;
    };
    const Case cases[] = {{"rs256", rsa, 256}, {"rs384", rsa, 256}, {"rs512", rsa, 256}, {"ps256", rsa, 256},
                          {"es256", p256, 64}, {"es384", p384, 96}, {"ed25519", ed, 64}};
    for (const Case& one : cases) {
        INFO(one.algorithm);
        const dk_bytes algorithm = bytes(one.algorithm);
        std::string signature;
        REQUIRE(crypto.sign(algorithm, bytes(one.pair.secret), bytes("payload"), &signature, collect) ==
                DK_OK);
        CHECK(signature.size() == one.size);
        const auto verify = [&](std::string_view data, std::string_view with) {
            return crypto.verify(algorithm, bytes(one.pair.open), bytes(data), bytes(with));
        };
        CHECK(verify("payload", signature) == DK_OK);
        CHECK(verify("pAyload", signature) == DK_REJECTED);
        std::string flipped = signature;
        flipped[10] = static_cast<char>(flipped[10] ^ 1);
        CHECK(verify("payload", flipped) == DK_REJECTED);
        CHECK(verify("payload", signature.substr(1)) == DK_REJECTED);
        CHECK(verify("payload", "") == DK_REJECTED);
        // A key of another kind is not taken.
        const Pair& other = one.algorithm[0] == 'e' && one.algorithm[1] == 's' ? rsa : p256;
        std::string none;
        CHECK(crypto.sign(algorithm, bytes(other.secret), bytes("payload"), &none, collect) == DK_BAD_INPUT);
        CHECK(none.empty());
    }
    std::string none;
    CHECK(crypto.sign(bytes("es256"), bytes(p384.secret), bytes("x"), &none, collect) == DK_BAD_INPUT);
}

TEST_CASE("what cannot be computed is told by the status, and nothing is handed out") {
    std::string out;
    CHECK(crypto.digest(bytes("crc32"), bytes("x"), &out, collect) == DK_UNSUPPORTED);
    CHECK(crypto.hmac(bytes("rot13"), bytes("k"), bytes("x"), &out, collect) == DK_UNSUPPORTED);
    CHECK(crypto.sign(bytes("hs256"), bytes("k"), bytes("x"), &out, collect) == DK_UNSUPPORTED);
    CHECK(crypto.sign(bytes("rs256"), bytes("no PEM"), bytes("x"), &out, collect) == DK_BAD_INPUT);
    CHECK(crypto.verify(bytes("rs256"), bytes(""), bytes("x"), bytes("s")) == DK_BAD_INPUT);
    CHECK(crypto.digest(bytes("sha256"), {nullptr, 3}, &out, collect) == DK_BAD_INPUT);
    CHECK(crypto.digest(bytes("sha256"), bytes("x"), &out, nullptr) == DK_BAD_INPUT);
    CHECK(out.empty());
}

TEST_CASE("the digest of a file") {
    TempFolder folder;
    std::ofstream(folder / "abc") << "abc";
    CHECK(sha256_of_file(folder / "abc").value() ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_of_file(folder / "none").error().code == Code::not_found);
    CHECK_FALSE(sha256_of_file(folder.path()).ok());
}
