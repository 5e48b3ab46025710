#include "net/url.hpp"

#include <catch2/catch.hpp>

#include "net/origin_map.hpp"

namespace dakiya::net {
namespace {

TEST_CASE("A URL falls into its parts") {
    struct Row {
        const char* text;
        Url url;
        const char* authority;
        const char* origin;
    };
    const Row rows[] = {
        {"http://example.org", {false, "example.org", 80, "/"}, "example.org", "http://example.org"},
        {"HTTPS://Example.ORG/A?b=C%20d#e",
         {true, "example.org", 443, "/A?b=C%20d"},
         "example.org",
         "https://example.org"},
        {"https://example.org:443/", {true, "example.org", 443, "/"}, "example.org", "https://example.org"},
        {"http://example.org:443?q",
         {false, "example.org", 443, "/?q"},
         "example.org:443",
         "http://example.org:443"},
        {"http://[2001:DB8::1]:8080/x",
         {false, "2001:db8::1", 8080, "/x"},
         "[2001:db8::1]:8080",
         "http://[2001:db8::1]:8080"},
        {"https://[::1]", {true, "::1", 443, "/"}, "[::1]", "https://[::1]"},
        {"http://127.0.0.1:1/a@b:c", {false, "127.0.0.1", 1, "/a@b:c"}, "127.0.0.1:1", "http://127.0.0.1:1"},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        const auto url = parse_url(row.text);
        REQUIRE(url.ok());
        CHECK(*url == row.url);
        CHECK(authority(*url) == row.authority);
        CHECK(origin(*url) == row.origin);
    }
}

TEST_CASE("A URL that could be read in two ways is refused") {
    const std::string texts[] = {"",
                                 "example.org",
                                 "//example.org/",
                                 "ftp://example.org/",
                                 "http:/example.org",
                                 "http://",
                                 "http:///path",
                                 "http://:80/",
                                 "http://user@example.org/",
                                 "https://u:p@example.org/",
                                 "http://example.org:/",
                                 "http://example.org:0/",
                                 "http://example.org:65536/",
                                 "http://example.org:+80/",
                                 "http://example.org:80a/",
                                 "http://example.org:8 0/",
                                 "http://[::1/",
                                 "http://[::1]x/",
                                 "http://[127.0.0.1]/",
                                 "http://[fe80::1%25eth0]/",
                                 "http://exa mple.org/",
                                 "http://example.org/a b",
                                 "http://example.org/\r\nx: y",
                                 "http://example.org/\xc3\xa4",
                                 "http://b\xc3\xbc"
                                 "cher.example/",
                                 "http://example.org\\@evil.example/",
                                 "http://exa%6dple.org/",
                                 "http://.example.org/",
                                 std::string("http://a\0b/", 11),
                                 "http://a/" + std::string(max_url, 'x'),
                                 "http://" + std::string(256, 'x') + "/"};
    for (const auto& text : texts) {
        INFO(text);
        const auto url = parse_url(text);
        REQUIRE_FALSE(url.ok());
        CHECK(url.error().field == "url");
    }
}

TEST_CASE("The origin map redirects whole origins") {
    OriginMap map;
    REQUIRE(map.add("https://api.twilio.com", "http://127.0.0.1:4010").ok());
    REQUIRE(map.add("http://a.example:81/", "https://b.example").ok());
    REQUIRE(map.find("https://api.twilio.com"));
    CHECK(map.find("https://api.twilio.com")->port == 4010);
    CHECK(map.find("http://a.example:81")->host == "b.example");
    CHECK_FALSE(map.find("http://api.twilio.com"));
    CHECK_FALSE(map.add("https://API.twilio.com:443", "http://127.0.0.1:1").ok());  // the same origin again
    CHECK_FALSE(map.add("https://c.example/path", "http://127.0.0.1:1").ok());
    CHECK_FALSE(map.add("https://c.example", "http://127.0.0.1:1/path").ok());
    CHECK_FALSE(map.add("c.example", "http://127.0.0.1:1").ok());
    CHECK(map.all().size() == 2);
}

}  // namespace
}  // namespace dakiya::net
