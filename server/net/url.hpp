// Absolute http and https URLs, parsed strictly: what we cannot read exactly we do not call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace dakiya::net {

struct Url {
    bool tls = false;
    std::string host;  // lower case; an IPv6 address without its brackets
    std::uint16_t port = 80;
    std::string target = "/";  // path and query as written; always starts with '/'

    bool operator==(const Url&) const = default;
};

inline constexpr std::size_t max_url = 16U << 10U;  // bytes

// Refuses (Code::invalid) other schemes, user information, a missing host, ports outside 1-65535, control
// characters, blanks and bytes above 0x7e (percent-encode them). A fragment is cut off: it is never sent.
Result<Url> parse_url(std::string_view text);

// "host" or "host:port" when the port is not the scheme's own; IPv6 in brackets. The value of a Host header.
std::string authority(const Url& url);

// "https://api.twilio.com", "http://127.0.0.1:4010": the unit of connection pools and of the origin map.
std::string origin(const Url& url);

}  // namespace dakiya::net
