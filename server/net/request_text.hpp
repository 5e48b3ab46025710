// A Request as the bytes that go out (RFC 9112), and everything that makes a request unfit to be sent.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/http.hpp"
#include "net/request_body.hpp"
#include "net/url.hpp"

namespace dakiya::net {

inline constexpr std::size_t max_request_headers = 100;
inline constexpr std::size_t max_request_head = 64U << 10U;   // bytes
inline constexpr std::size_t max_request_body = 128U << 20U;  // bytes
inline constexpr std::size_t max_parts = 100;

struct RequestText {
    std::string text;                   // all of it, or what comes before `rest`
    std::unique_ptr<RequestBody> rest;  // null when no file is in it
};

// Refuses (Code::invalid or too_large) what could be read in two ways by the peer: line breaks, a method that
// is no token, and the headers that only the client may write. Code::unavailable: a file cannot be read.
Result<RequestText> request_text(const Request& request, const Url& url, std::string_view user_agent);

}  // namespace dakiya::net
