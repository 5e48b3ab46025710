#include "text.hpp"

#include <catch2/catch.hpp>

using namespace sim;

TEST_CASE("forms are decoded and encoded as browsers do") {
    const Form form = parse_form("To=%2B919812345678&Body=a+b%26c&Empty=&MediaUrl=1&MediaUrl=2");
    REQUIRE(form.size() == 5);
    CHECK(form[0].second == "+919812345678");
    CHECK(form[1].second == "a b&c");
    CHECK(form[2].second.empty());
    CHECK(form[4].second == "2");
    CHECK(parse_form(encode_form(form)) == form);
    CHECK(percent_encode("a b+~") == "a%20b%2B~");
}

TEST_CASE("digests agree with published vectors") {
    // RFC 4231, case 2
    CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // RFC 2202, case 2
    CHECK(hex(hmac_sha1("Jefe", "what do ya want for nothing?")) ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(base64_decode(base64("any carnal pleas")) == "any carnal pleas");
    CHECK(base64_decode("####").empty());
}
