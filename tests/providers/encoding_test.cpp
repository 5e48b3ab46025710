#include <catch2/catch.hpp>

#include "dakiya/encoding.hpp"
#include "dakiya/form.hpp"
#include "dakiya/redact.hpp"

using namespace dakiya;

TEST_CASE("base64 follows RFC 4648 10 and back") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [data, text] : vectors) {
        CHECK(base64(data) == text);
        CHECK(unbase64(text) == std::string(data));
    }
}

TEST_CASE("base64 keeps every byte, in both alphabets") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    CHECK(unbase64(base64(all)) == all);
    CHECK(unbase64(base64url(all)) == all);
    CHECK(base64url("\xff\xfe") == "__4");
}

TEST_CASE("what is not base64 or hex is refused") {
    CHECK_FALSE(unbase64("Zg==x"));
    CHECK_FALSE(unbase64("a"));
    CHECK_FALSE(unbase64("Zm 9v"));
    CHECK_FALSE(unhex("abc"));
    CHECK_FALSE(unhex("zz"));
    CHECK(unhex("00fF") == std::string("\0\xff", 2));
    CHECK(hex(std::string("\0\xff\x10", 3)) == "00ff10");
}

TEST_CASE("percent coding") {
    CHECK(percent("a b/ü~") == "a%20b%2F%C3%BC~");
    CHECK(unpercent("a%20b%2f+") == "a b/+");
    CHECK(unpercent("100%, %zz, %4") == "100%, %zz, %4");
}

TEST_CASE("forms keep order, repeats and empty values") {
    const Form form = Form::parse("a=1&b=x+y%26&a=2&flag&empty=&&");
    CHECK(form.value("a") == "1");
    CHECK(form.value("b") == "x y&");
    CHECK(form.contains("flag"));
    CHECK(form.value("none", "fallback") == "fallback");
    CHECK(form.fields().size() == 5);
    CHECK(form.encode() == "a=1&b=x%20y%26&a=2&flag=&empty=");
    CHECK(query_of("https://x.example/p?hub.mode=subscribe&n=1#top").value("n") == "1");
    CHECK(query_of("https://x.example/p").fields().empty());
}

TEST_CASE("a secret that a provider quotes is cut out") {
    CHECK(without_secret("bad key K1, not K1", "K1") == "bad key (connection code), not (connection code)");
    CHECK(without_secret("nothing here", "K1") == "nothing here");
    CHECK(without_secret("an empty secret", "") == "an empty secret");
    CHECK(without_secret("(c)", "c", "(c)") == "((c))");
}
