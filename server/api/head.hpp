// Reads the head of an HTTP/1 request: Poco parses it, and what Poco lets pass but RFC 9112 does not (and
// what lets two servers disagree about where a request ends) is refused here.
#pragma once

#include <string_view>

#include "api/http.hpp"

namespace dakiya::api {

struct Head {
    Request request;  // without body, peer and id
    std::size_t length = 0;
    bool chunked = false;
    bool keep_alive = true;
    bool http_1_0 = false;
    bool expects_continue = false;
};

// `bytes` end with the empty line. The Error is for the client, with Code::invalid or Code::unsupported.
Result<Head> parse_head(std::string_view bytes);

}  // namespace dakiya::api
