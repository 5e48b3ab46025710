#include "plugin/url.hpp"

#include <catch2/catch.hpp>

using namespace dakiya::plugin;

TEST_CASE("what an address says") {
    struct Case {
        const char *url, *host, *authority;
        int port;
        bool tls;
    };
    const Case cases[] = {
        {"https://api.acme.example/v1?a=b#c", "api.acme.example", "api.acme.example", 443, true},
        {"HTTPS://API.Acme.Example", "api.acme.example", "API.Acme.Example", 443, true},
        {"http://localhost:8080", "localhost", "localhost:8080", 8080, false},
        {"http://127.0.0.1?x@y", "127.0.0.1", "127.0.0.1", 80, false},
        {"https://[2001:DB8::1]:8443/x", "2001:db8::1", "[2001:DB8::1]:8443", 8443, true}};
    for (const Case& one : cases) {
        INFO(one.url);
        const auto url = split_url(one.url);
        REQUIRE(url.ok());
        CHECK(url->host == one.host);
        CHECK(url->authority == one.authority);
        CHECK(url->port == one.port);
        CHECK(url->tls == one.tls);
    }
}

TEST_CASE("an address that two readers could understand differently is refused") {
    const std::string absolute = "is not absolute: it must start with https:// or http://";
    const std::string ascii =
        "contains a space, a backslash or a character that is not ASCII: write it as %XX";
    const std::string port = "has a port that is not a number from 1 to 65535";
    const std::string user = "has user info before the host: send credentials as a header";
    const std::string host = "has no valid host";
    struct Case {
        std::string url, why;
    };
    const Case cases[] = {{"", absolute},
                          {"/v1", absolute},
                          {"ftp://a.example", absolute},
                          {"https:/a.example", absolute},
                          {"https://", host},
                          {"https:///x", host},
                          {"https://a..example", host},
                          {"https://-a.example", host},
                          {"https://a.example.", host},
                          {"https://a%2eexample", host},
                          {"https://[::1", host},
                          {"https://[a.example]", host},
                          {"https://[::1]x", host},
                          {"https://u:p@a.example", user},
                          {"https://a.example@b.example", user},
                          {"https://a.example:", port},
                          {"https://a.example:0", port},
                          {"https://a.example:65536", port},
                          {"https://a.example:80b", port},
                          {"https://a.example\\@b.example", ascii},
                          {"https://a.example/\r\nx", ascii},
                          {"https://a.example/ä", ascii},
                          {"https://a.example/" + std::string(8'000, 'x'), "is longer than 8000 bytes"}};
    for (const Case& one : cases) {
        INFO(one.url);
        const auto url = split_url(one.url);
        REQUIRE_FALSE(url.ok());
        CHECK(url.error().text == one.why);
    }
}
