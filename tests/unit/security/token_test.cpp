#include "security/token.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace dakiya::security;

TEST_CASE("an API key has its form and its hash") {
    const NewToken key = make_api_key();
    CHECK(key.text.size() == 40);
    CHECK(key.text.rfind("dk_live_", 0) == 0);
    CHECK(is_api_key(key.text));
    CHECK(key.hash == sha256_hex(key.text));
}

TEST_CASE("what is not an API key") {
    const std::string body(32, 'a');
    CHECK(is_api_key("dk_live_" + body));
    for (const std::string& text : {std::string(), body, "dk_live_" + body + "a", "dk_live_" + body.substr(1),
                                    "dk_test_" + body, "DK_LIVE_" + body, "dk_live_" + body.substr(1) + "-",
                                    "dk_live_" + body.substr(1) + std::string(1, '\0')})
        CHECK_FALSE(is_api_key(text));
}

// FIPS 180-4 examples: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
TEST_CASE("SHA-256") {
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("secrets are equal or not") {
    CHECK(equal_secrets("", ""));
    CHECK(equal_secrets("abc", "abc"));
    CHECK_FALSE(equal_secrets("abc", "abd"));
    CHECK_FALSE(equal_secrets("abc", "ab"));
    CHECK_FALSE(equal_secrets("", "a"));
}

TEST_CASE("random texts differ and use the whole alphabet") {
    std::set<std::string> seen;
    std::set<char> characters;
    for (int i = 0; i < 1'000; ++i) {
        const std::string text = random_text();
        CHECK(text.size() == 32);
        seen.insert(text);
        characters.insert(text.begin(), text.end());
    }
    CHECK(seen.size() == 1'000);
    CHECK(characters.size() == 62);
}
