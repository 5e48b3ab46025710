#include "net/guard.hpp"

#include <catch2/catch.hpp>

namespace dakiya::net {
namespace {

Address address(std::string_view text) {
    const auto parsed = parse_address(text);
    INFO(text);
    REQUIRE(parsed);
    return *parsed;
}

TEST_CASE("Only addresses of the public Internet pass") {
    const std::string_view refused[] = {"0.0.0.0",
                                        "0.1.2.3",
                                        "10.0.0.1",
                                        "10.255.255.255",
                                        "100.64.0.1",
                                        "100.127.255.255",
                                        "127.0.0.1",
                                        "127.255.255.254",
                                        "169.254.169.254",
                                        "169.254.0.1",
                                        "172.16.0.1",
                                        "172.31.255.255",
                                        "192.0.0.8",
                                        "192.0.2.1",
                                        "192.88.99.1",
                                        "192.168.1.1",
                                        "198.18.0.1",
                                        "198.19.255.255",
                                        "198.51.100.7",
                                        "203.0.113.9",
                                        "224.0.0.1",
                                        "239.255.255.255",
                                        "240.0.0.1",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "::ffff:127.0.0.1",
                                        "::ffff:8.8.8.8",
                                        "::127.0.0.1",
                                        "64:ff9b::7f00:1",
                                        "64:ff9b::808:808",
                                        "64:ff9b:1::1",
                                        "100::1",
                                        "2001::1",
                                        "2001:db8::1",
                                        "2002:7f00:1::",
                                        "3fff::1",
                                        "fc00::1",
                                        "fd00:ec2::254",
                                        "fe80::1",
                                        "febf::1",
                                        "fec0::1",
                                        "ff02::1",
                                        "4000::1"};
    for (const auto text : refused) {
        INFO(text);
        CHECK_FALSE(allowed(address(text), {}));
        CHECK(refused_because(address(text)));
    }
    const std::string_view passed[] = {
        "1.1.1.1",        "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",    "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0",      "192.0.1.0",       "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0",      "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "2001:200::1",    "2003::1"};
    for (const auto text : passed) {
        INFO(text);
        CHECK(allowed(address(text), {}));
    }
}

TEST_CASE("The operator can let ranges through") {
    GuardOptions options;
    options.allow = {*parse_cidr("10.1.0.0/20"), *parse_cidr("fd12::/16"), *parse_cidr("127.0.0.1")};
    CHECK(allowed(address("10.1.15.255"), options));
    CHECK_FALSE(allowed(address("10.1.16.0"), options));
    CHECK(allowed(address("fd12:ffff::1"), options));
    CHECK_FALSE(allowed(address("fd13::1"), options));
    CHECK(allowed(address("127.0.0.1"), options));
    CHECK_FALSE(allowed(address("127.0.0.2"), options));
    CHECK_FALSE(allowed(address("::ffff:10.1.0.1"), options));
    CHECK(allowed(address("192.168.0.1"), {true, {}}));
}

TEST_CASE("A range that is none is refused") {
    for (const auto text :
         {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::/129", "10.0.0/8", "x/8"}) {
        INFO(text);
        CHECK_FALSE(parse_cidr(text).ok());
    }
    CHECK(parse_cidr("0.0.0.0/0")->contains(address("255.1.2.3")));
    CHECK_FALSE(parse_cidr("0.0.0.0/0")->contains(address("::1")));
    CHECK_FALSE(parse_address("127.0.0.1 "));
    CHECK_FALSE(parse_address("127.1"));
}

}  // namespace
}  // namespace dakiya::net
