#include "net/guard.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace dakiya::net {
namespace {

struct Rule {
    std::string_view cidr, why;
};

// IANA IPv4 and IPv6 Special-Purpose Address Registries: what is not globally reachable, and the forms that
// wrap an IPv4 address in an IPv6 one, because the wrapped address may be any of these.
constexpr Rule rules[] = {
    {"0.0.0.0/8", "unspecified"},                      // RFC 1122 3.2.1.3
    {"10.0.0.0/8", "private"},                         // RFC 1918
    {"100.64.0.0/10", "shared by a carrier"},          // RFC 6598
    {"127.0.0.0/8", "loopback"},                       // RFC 1122
    {"169.254.0.0/16", "link-local or cloud metadata"},  // RFC 3927; 169.254.169.254 is the metadata service
    {"172.16.0.0/12", "private"},                      // RFC 1918
    {"192.0.0.0/24", "reserved for protocols"},        // RFC 6890
    {"192.0.2.0/24", "for documentation"},             // RFC 5737
    {"192.88.99.0/24", "a 6to4 relay"},                // RFC 7526
    {"192.168.0.0/16", "private"},                     // RFC 1918
    {"198.18.0.0/15", "for benchmarks"},               // RFC 2544
    {"198.51.100.0/24", "for documentation"},          // RFC 5737
    {"203.0.113.0/24", "for documentation"},           // RFC 5737
    {"224.0.0.0/4", "multicast"},                      // RFC 1112
    {"240.0.0.0/4", "reserved or broadcast"},          // RFC 1112
    {"::/128", "unspecified"},                         // RFC 4291
    {"::1/128", "loopback"},                           // RFC 4291
    {"::ffff:0:0/96", "IPv4 inside IPv6"},             // RFC 4291
    {"::/96", "IPv4 inside IPv6"},                     // RFC 4291, deprecated form
    {"64:ff9b::/96", "IPv4 inside IPv6"},              // RFC 6052
    {"64:ff9b:1::/48", "IPv4 inside IPv6"},            // RFC 8215
    {"100::/64", "a black hole"},                      // RFC 6666
    {"2001::/23", "reserved for protocols"},           // RFC 2928, with Teredo 2001::/32
    {"2001:db8::/32", "for documentation"},            // RFC 3849
    {"2002::/16", "IPv4 inside IPv6"},                 // RFC 3056
    {"3fff::/20", "for documentation"},                // RFC 9637
    {"fc00::/7", "private"},                           // RFC 4193, with fd00:ec2::254
    {"fe80::/10", "link-local"},                       // RFC 4291
    {"fec0::/10", "private"},                          // RFC 3879
    {"ff00::/8", "multicast"},                         // RFC 4291
};

struct ParsedRule {
    Cidr cidr;
    std::string_view why;
};

const std::vector<ParsedRule>& parsed_rules() {
    static const std::vector<ParsedRule> parsed = [] {
        std::vector<ParsedRule> all;
        for (const Rule& rule : rules) all.push_back({parse_cidr(rule.cidr).value(), rule.why});
        return all;
    }();
    return parsed;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string terminated(text);  // inet_pton wants a NUL, and must not meet an earlier one
    if (terminated.size() > INET6_ADDRSTRLEN || terminated.find('\0') != std::string::npos) return std::nullopt;
    Address address;
    address.v6 = terminated.find(':') != std::string::npos;
    if (inet_pton(address.v6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

bool Cidr::contains(const Address& address) const {
    if (address.v6 != base.v6) return false;
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (!std::equal(base.bytes.begin(), base.bytes.begin() + whole, address.bytes.begin())) return false;
    const int rest = bits % 8;
    return rest == 0 || ((base.bytes[whole] ^ address.bytes[whole]) >> (8 - rest)) == 0;
}

Result<Cidr> parse_cidr(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    const std::string quoted = "\"" + std::string(text) + "\"";
    if (!address) return invalid("cidr", quoted + " is not an address range such as 10.1.0.0/16 or fd00::/8.");
    const int most = address->v6 ? 128 : 32;
    Cidr cidr{*address, most};
    if (slash == text.npos) return cidr;
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cidr.bits);
    if (error != std::errc() || end != digits.data() + digits.size() || cidr.bits < 0 || cidr.bits > most)
        return invalid("cidr", quoted + " needs a number from 0 to " + std::to_string(most) + " after the slash.");
    return cidr;
}

std::optional<std::string_view> refused_because(const Address& address) {
    for (const ParsedRule& rule : parsed_rules())
        if (rule.cidr.contains(address)) return rule.why;
    // Everything routed today is 2000::/3 (IANA IPv6 Global Unicast Address Assignments).
    if (address.v6 && (address.bytes[0] >> 5) != 1) return "not assigned";
    return std::nullopt;
}

bool allowed(const Address& address, const GuardOptions& options) {
    if (options.allow_private || !refused_because(address)) return true;
    return std::any_of(options.allow.begin(), options.allow.end(),
                       [&](const Cidr& range) { return range.contains(address); });
}

}  // namespace dakiya::net
