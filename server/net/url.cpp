#include "net/url.hpp"

#include <algorithm>
#include <charconv>

#include "net/guard.hpp"

namespace dakiya::net {
namespace {

constexpr std::uint16_t default_port(bool tls) { return tls ? 443 : 80; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_no_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

bool host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

Error bad(std::string_view why) { return invalid("url", "The URL " + std::string(why) + "."); }

Result<void> read_host(std::string_view text, Url& url) {
    if (text.empty()) return bad("has no host");
    if (text.size() > 255) return bad("has a host of more than 255 characters");
    url.host.resize(text.size());
    std::transform(text.begin(), text.end(), url.host.begin(), lower);
    if (!std::all_of(url.host.begin(), url.host.end(), host_char) || url.host.front() == '.')
        return bad("has a host with characters that no host name has (write it in ASCII)");
    return {};
}

Result<void> read_bracketed(std::string_view text, Url& url) {
    const auto address = parse_address(text);
    if (!address || !address->v6) return bad("has something in brackets that is not an IPv6 address");
    url.host.resize(text.size());
    std::transform(text.begin(), text.end(), url.host.begin(), lower);
    return {};
}

Result<void> read_port(std::string_view text, Url& url) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
    if (error != std::errc() || end != text.data() + text.size() || url.port == 0)
        return bad("has a port that is not a number from 1 to 65535");
    return {};
}

Result<void> read_authority(std::string_view text, Url& url) {
    if (text.find('@') != text.npos) return bad("carries a user name or password; send credentials in a header");
    std::string_view rest;  // ":port" or nothing
    if (!text.empty() && text.front() == '[') {
        const auto close = text.find(']');
        if (close == text.npos) return bad("has a '[' without its ']'");
        if (auto read = read_bracketed(text.substr(1, close - 1), url); !read) return read;
        rest = text.substr(close + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        if (auto read = read_host(text.substr(0, colon), url); !read) return read;
        rest = text.substr(colon);
    }
    if (rest.empty()) return {};
    if (rest.front() != ':') return bad("has text between its host and its port");
    return read_port(rest.substr(1), url);
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    if (text.size() > max_url) return bad("is longer than 16384 bytes");
    // '\' is no URL character (RFC 3986 2), and browsers read it as '/': two readings of one host.
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; }))
        return bad("has a blank, a control character, a backslash or a byte beyond ASCII; percent-encode it");
    Url url;
    if (starts_with_no_case(text, "https://")) {
        url.tls = true;
        text.remove_prefix(8);
    } else if (starts_with_no_case(text, "http://")) {
        text.remove_prefix(7);
    } else {
        return bad("does not begin with http:// or https://");
    }
    url.port = default_port(url.tls);
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    if (auto read = read_authority(text.substr(0, end), url); !read) return read.error();
    text.remove_prefix(end);
    text = text.substr(0, text.find('#'));
    url.target = text.empty() || text.front() != '/' ? "/" + std::string(text) : std::string(text);
    return url;
}

std::string authority(const Url& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    std::string text = v6 ? "[" + url.host + "]" : url.host;
    if (url.port != default_port(url.tls)) text += ":" + std::to_string(url.port);
    return text;
}

std::string origin(const Url& url) { return (url.tls ? "https://" : "http://") + authority(url); }

}  // namespace dakiya::net
