#include "common.hpp"

#include "dakiya/reply.hpp"

#include <algorithm>
#include <charconv>

#include "dakiya/media.hpp"

namespace messagebird {

using namespace dakiya;

namespace {

// -1 when it is not a number of digits only.
std::int64_t number(std::string_view text) {
    std::int64_t value = -1;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc() && read.ptr == end ? value : -1;
}

std::string host_of(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    if (url.substr(0, scheme.size()) != scheme) return {};
    url.remove_prefix(scheme.size());
    return std::string(url.substr(0, url.find_first_of("/?#:@")));
}

}  // namespace

const Json& require_ok(const Reply& reply, const std::string& explanation) {
    if (!reply.ok()) throw Fault(DK_BAD_REPLY, explanation);
    return reply.json();
}

Price read_price(std::string_view amount, std::string_view currency) {
    Price price;
    const bool iso =
        currency.size() == 3 && currency.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == currency.npos;
    const std::size_t point = std::min(amount.find('.'), amount.size());
    const std::int64_t whole = number(amount.substr(0, point));
    std::string decimals(point < amount.size() ? amount.substr(point + 1) : std::string_view());
    decimals.resize(6, '0');
    const std::int64_t millionths = number(decimals);
    if (!iso || whole < 0 || whole > 1'000'000 || millionths < 0) return price;
    price.cost = whole * 1'000'000 + millionths;
    price.currency = currency;
    return price;
}

std::size_t utf16_size(std::string_view utf8) {
    const auto units = [](char c) -> std::size_t {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0xF0 ? 2 : (byte & 0xC0U) == 0x80U ? 0 : 1;
    };
    std::size_t size = 0;
    for (const char c : utf8) size += units(c);
    return size;
}

bool on_domain(std::string_view handle, std::string_view domain) {
    const std::string host = host_of(handle);
    if (host == domain) return true;
    return host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
           std::string_view(host).substr(host.size() - domain.size()) == domain;
}

Next fetched(const Reply& reply, const std::string& handle) {
    if (reply.status() == 404 || reply.status() == 410)
        return refused({"content", std::to_string(reply.status())},
                       "the file is gone: Bird keeps received files for a limited time");
    if (!reply.ok())
        throw Fault(DK_BAD_REPLY, "Bird did not give out the file: HTTP " + std::to_string(reply.status()));
    return dakiya::fetched(handle, reply, reply.header("content-type"));
}

}  // namespace messagebird
