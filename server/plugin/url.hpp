// The few facts of an address that decide whether a plugin may call it. Stricter than a browser: what two
// readers could understand differently is refused, so that the check and the connection agree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace dakiya::plugin {

struct Url {
    bool tls = false;            // https
    std::string host;            // lower case; an IPv6 address without its brackets
    std::string_view authority;  // host and port as they were written: a part of the URL that was split
    std::uint16_t port = 0;      // the scheme's own when none is written
};

// An absolute http or https URL of printable ASCII without user info (RFC 3986 3). The Error's text
// continues a sentence that starts with the URL's name: "is not absolute: …".
Result<Url> split_url(std::string_view url);

// A name of dot-separated labels (RFC 1123 2.1) or an IPv4 address, in lower case.
bool is_host_name(std::string_view host);

}  // namespace dakiya::plugin
