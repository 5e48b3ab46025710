#include "security/seal.hpp"

#include <catch2/catch.hpp>

#include "security/vault.hpp"

using namespace dakiya;
using namespace dakiya::security;

namespace {

constexpr auto key_text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // 0, 1, 2, … 31
const Place place{7, "connections", "auth_token", 42};

Key fixed_key() { return Key::parse(key_text).value(); }

Code code_of(const Result<std::string>& result) {
    REQUIRE_FALSE(result);
    return result.error().code;
}

}  // namespace

TEST_CASE("what was sealed opens") {
    const Key key = Key::random();
    const std::string text = GENERATE(as<std::string>{}, "", "x", "a secret", std::string(10'000, 's'),
                                      std::string("nul\0inside", 10));
    const std::string sealed = seal(key, place, text);
    CHECK(sealed.rfind("v1.", 0) == 0);
    if (text.size() > 1) CHECK(sealed.find(text) == std::string::npos);
    CHECK(open(key, place, sealed).value() == text);
}

// Made with Python's cryptography: AESGCM(bytes(range(32))).encrypt(nonce = bytes(range(12)), data, place).
TEST_CASE("a text sealed elsewhere opens: the format is AES-256-GCM as the header says") {
    CHECK(open(fixed_key(), place, "v1.AAECAwQFBgcICQoLAkOXXOiRrXDoLxblYT0bHpgtoY1Wr/GmrFk=").value() ==
          "EAAG-token");
}

TEST_CASE("sealing twice gives two texts") {
    const Key key = Key::random();
    CHECK(seal(key, place, "same") != seal(key, place, "same"));
}

TEST_CASE("another key or another place does not open") {
    const Key key = Key::random();
    const std::string sealed = seal(key, place, "secret");
    CHECK(code_of(open(Key::random(), place, sealed)) == Code::unauthorized);
    const Place wrong =
        GENERATE(Place{8, "connections", "auth_token", 42}, Place{7, "tenants", "auth_token", 42},
                 Place{7, "connections", "app_secret", 42}, Place{7, "connections", "auth_token", 43});
    CHECK(code_of(open(key, wrong, sealed)) == Code::unauthorized);
}

TEST_CASE("a change of any byte is seen") {
    const Key key = Key::random();
    const std::string sealed = seal(key, place, "secret");
    for (std::size_t i = 3; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        // The last characters of a base64 text may hold unused bits: then the bytes are the same.
        const auto opened = open(key, place, changed);
        if (opened) CHECK((*opened == "secret" && i + 3 >= sealed.size()));
    }
}

TEST_CASE("what is no sealed text is refused as damaged") {
    const Key key = Key::random();
    const std::string sealed = seal(key, place, "secret");
    const std::string text = GENERATE_COPY(as<std::string>{}, "", "secret", "v2." + sealed.substr(3), "v1.",
                                           "v1.AAAA", sealed.substr(0, sealed.size() - 1), sealed + "\n",
                                           "v1.====", "v1.AA=A" + sealed.substr(7));
    const auto opened = open(key, place, text);
    CHECK(code_of(opened) == Code::invalid);
    CHECK_THAT(opened.error().text, !Catch::Contains("secret"));
}

TEST_CASE("a truncated text does not open") {
    const Key key = Key::random();
    const std::string sealed = seal(key, place, "secret");
    for (std::size_t size = 0; size < sealed.size(); ++size)
        CHECK_FALSE(open(key, place, sealed.substr(0, size)));
}

TEST_CASE("keys are 32 bytes as base64") {
    CHECK(Key::parse(key_text));
    const std::string wrong = GENERATE(
        as<std::string>{}, "", "short",
        "AAECAwQFBgcICQoLDA0ODw==", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "!AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj");
    const auto key = Key::parse(wrong);
    REQUIRE_FALSE(key);
    CHECK_THAT(key.error().text, Catch::Contains("openssl rand -base64 32"));
}

TEST_CASE("a data key is wrapped for one tenant by one master key") {
    const Key master = Key::random(), data = Key::random();
    const std::string wrapped = wrap(master, 7, data);
    CHECK(wrapped.size() <= 255);
    CHECK(unwrap(master, 7, wrapped).value().bytes() == data.bytes());
    CHECK(unwrap(master, 8, wrapped).error().code == Code::unauthorized);
    CHECK_THAT(unwrap(Key::random(), 7, wrapped).error().text, Catch::Contains("master key"));
    CHECK(unwrap(master, 7, "nonsense").error().code == Code::invalid);
}

TEST_CASE("a vault seals for each tenant with its own key and asks for it once") {
    const Key master = fixed_key();
    const std::string wrapped = Vault(master, {}).make_data_key(7);
    int asked = 0;
    Vault vault(master, [&](Id tenant) {
        ++asked;
        return tenant == 7 ? wrapped : std::string();
    });
    const std::string sealed = vault.seal(place, "secret").value();
    CHECK(vault.open(place, sealed).value() == "secret");
    CHECK(asked == 1);
    CHECK(open(unwrap(master, 7, wrapped).value(), place, sealed).value() == "secret");
    CHECK(code_of(vault.open({8, "connections", "auth_token", 42}, sealed)) == Code::not_found);

    Vault other(Key::random(), [&](Id) { return wrapped; });
    CHECK(code_of(other.open(place, sealed)) == Code::unauthorized);
}
