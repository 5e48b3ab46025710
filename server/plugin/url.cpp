#include "plugin/url.hpp"

#include <algorithm>
#include <charconv>

namespace dakiya::plugin {
namespace {

constexpr std::size_t max_url = 8'000;  // RFC 9110 4.1 asks for at least that much

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

bool is_ipv6(std::string_view text) {
    return text.size() >= 2 && text.size() <= 45 && text.find(':') != std::string_view::npos &&
           text.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (lower(text.substr(0, prefix.size())) != prefix) return false;
    text.remove_prefix(prefix.size());
    return true;
}

Result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0)
        return invalid({}, "has a port that is not a number from 1 to 65535");
    return port;
}

}  // namespace

bool is_host_name(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    while (true) {
        const std::size_t dot = host.find('.');
        if (!is_label(host.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        host.remove_prefix(dot + 1);
    }
}

Result<Url> split_url(std::string_view url) {
    if (url.size() > max_url) return invalid({}, "is longer than " + std::to_string(max_url) + " bytes");
    for (const char c : url)
        if (c <= ' ' || c > '~' || c == '\\')
            return invalid({},
                           "contains a space, a backslash or a character that is not ASCII: write it as %XX");

    Url result;
    std::string_view rest = url;
    result.tls = take_prefix(rest, "https://");
    if (!result.tls && !take_prefix(rest, "http://"))
        return invalid({}, "is not absolute: it must start with https:// or http://");
    result.port = result.tls ? 443 : 80;
    result.authority = rest.substr(0, rest.find_first_of("/?#"));

    const std::string_view authority = result.authority;
    if (authority.find('@') != std::string_view::npos)
        return invalid({}, "has user info before the host: send credentials as a header");
    const bool bracketed = !authority.empty() && authority.front() == '[';
    const std::size_t host_end = bracketed ? authority.find(']') + 1 : authority.find(':');
    result.host = lower(authority.substr(0, host_end));
    if (host_end < authority.size()) {
        if (authority[host_end] != ':') return invalid({}, "has no valid host");
        const Result<std::uint16_t> port = parse_port(authority.substr(host_end + 1));
        if (!port) return port.error();
        result.port = *port;
    }
    if (result.host.size() > 2 && result.host.front() == '[' && result.host.back() == ']') {
        result.host = result.host.substr(1, result.host.size() - 2);
        if (!is_ipv6(result.host)) return invalid({}, "has no valid host");
    } else if (!is_host_name(result.host)) {
        return invalid({}, "has no valid host");
    }
    return result;
}

}  // namespace dakiya::plugin
