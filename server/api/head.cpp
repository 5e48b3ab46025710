#include "api/head.hpp"

#include <algorithm>
#include <charconv>

#include <Poco/MemoryStream.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/NetException.h>
#include <Poco/String.h>

namespace dakiya::api {

namespace {

bool is_token(std::string_view text) {  // RFC 9110 5.6.2
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               others.find(c) != std::string_view::npos;
    });
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return (u < 0x20 && u != '\t') || u == 0x7f;
    });
}

Error bad(std::string text) { return invalid("", std::move(text)); }

Result<void> read_target(Request& request) {
    const std::string& target = request.target;
    if (target.empty() || target[0] != '/')
        return bad("the request target must be a path that begins with a slash");
    if (std::any_of(target.begin(), target.end(),
                    [](char c) { return static_cast<unsigned char>(c) <= 0x20 || (c & 0x80) != 0; }))
        return bad("the request target holds characters that must be percent-encoded");
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark == std::string::npos) return {};
    std::string_view rest = std::string_view(target).substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), true);
        auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
        if (!name || !value)
            return bad("the query of the URL has a % that is not followed by two hex digits");
        request.query.emplace_back(std::move(*name), std::move(*value));
    }
    return {};
}

// Where the body ends must have one answer (RFC 9112 6.3).
Result<void> read_framing(const Poco::Net::HTTPRequest& from, Head& head) {
    int lengths = 0, encodings = 0;
    for (const auto& [name, value] : from) {
        if (Poco::icompare(name, "Content-Length") == 0) {
            ++lengths;
            const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), head.length);
            if (fault != std::errc() || end != value.data() + value.size())
                return bad("Content-Length is not a number");
        } else if (Poco::icompare(name, "Transfer-Encoding") == 0) {
            ++encodings;
            if (Poco::icompare(value, "chunked") != 0)
                return Error{Code::unsupported, "the only Transfer-Encoding that is understood is chunked",
                             ""};
            head.chunked = true;
        }
    }
    if (lengths + encodings > 1) return bad("send one Content-Length or one Transfer-Encoding, not several");
    if (head.chunked && head.http_1_0) return bad("HTTP/1.0 has no Transfer-Encoding");
    return {};
}

}  // namespace

Result<Head> parse_head(std::string_view bytes) {
    Poco::Net::HTTPRequest parsed;
    Poco::MemoryInputStream in(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    try {
        parsed.read(in);
    } catch (const Poco::Exception& error) {
        return bad("this is not an HTTP/1.1 request: " +
                   (error.message().empty() ? std::string(error.name()) : error.message()));
    }

    Head head;
    Request& request = head.request;
    request.method = parsed.getMethod();
    request.target = parsed.getURI();
    head.http_1_0 = parsed.getVersion() == "HTTP/1.0";
    if (!head.http_1_0 && parsed.getVersion() != "HTTP/1.1")
        return Error{Code::unsupported, "only HTTP/1.1 and HTTP/1.0 are spoken here", ""};
    if (!is_token(request.method)) return bad("the request method is not a word");

    int hosts = 0;
    for (const auto& [name, value] : parsed) {
        if (!is_token(name)) return bad("a header name holds characters that are not allowed in one");
        if (has_control(value)) return bad("header " + name + " holds control characters");
        request.headers.push_back({Poco::toLower(name), value});
        if (request.headers.back().name == "host") ++hosts;
    }
    if (hosts > 1 || (hosts == 0 && !head.http_1_0)) return bad("send exactly one Host header");

    if (auto read = read_framing(parsed, head); !read) return read.error();
    if (auto read = read_target(request); !read) return read.error();
    head.keep_alive = parsed.getKeepAlive();
    head.expects_continue = Poco::icompare(std::string(request.header("expect")), "100-continue") == 0;
    return head;
}

}  // namespace dakiya::api
