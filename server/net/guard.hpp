// Which resolved addresses may be called. Runs after name resolution and right before the connect, on the
// very address that is connected to, so a second DNS answer cannot get around it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace dakiya::net {

struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 uses the first four
};

std::optional<Address> parse_address(std::string_view text);

struct Cidr {
    Address base;
    int bits = 0;  // 0-32 or 0-128
    bool contains(const Address& address) const;
};

// "10.1.0.0/16", "fd00::/8", or one address.
Result<Cidr> parse_cidr(std::string_view text);

struct GuardOptions {
    bool allow_private = false;  // everything passes: for tests and closed networks
    std::vector<Cidr> allow;     // pass although the table refuses them
};

// Why the address must not be called ("loopback", "private", "link-local or cloud metadata", …), or
// nothing. Only addresses that the public Internet routes pass: see the table in guard.cpp.
std::optional<std::string_view> refused_because(const Address& address);

bool allowed(const Address& address, const GuardOptions& options);

}  // namespace dakiya::net
