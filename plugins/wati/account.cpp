#include "account.hpp"

#include <algorithm>

#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"

namespace wati {

using dakiya::Fault;
using dakiya::Http;
using dakiya::Settings;
using dakiya::starts_with;
using dakiya::trimmed;
using dakiya::waba::lower;

namespace {

// The dashboard's button copies the token with the word in front.
std::string without_bearer(std::string_view text) {
    text = trimmed(text);
    constexpr std::string_view word = "bearer ";
    if (lower(std::string(text.substr(0, word.size()))) == word) text.remove_prefix(word.size());
    return std::string(trimmed(text));
}

std::string without_plus(std::string_view text) {
    return std::string(dakiya::waba::is_phone(text) ? text.substr(1) : text);
}

bool is_wati(std::string_view host) {
    constexpr std::string_view domain = ".wati.io";
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    return host.size() > domain.size() && host.substr(host.size() - domain.size()) == domain &&
           host.find_first_not_of(allowed) == host.npos && host.front() != '.' &&
           host.find("..") == host.npos;
}

}  // namespace

// People paste "https://live-mt-server.wati.io/123456/api/v1/": the host is kept, the first segment of digits
// is the account number, the rest is of no use.
Account::Account(const Settings& settings)
    : tenant(settings.text("tenant_id", "")),
      token(without_bearer(settings.text("api_token"))),
      channel(without_plus(trimmed(settings.text("channel", "")))) {
    const std::string pasted = settings.text("api_host");
    std::string_view address = trimmed(pasted);
    if (const std::size_t scheme = address.find("://"); scheme != address.npos)
        address.remove_prefix(scheme + 3);
    const std::size_t slash = std::min(address.find('/'), address.size());
    host = lower(std::string(address.substr(0, slash)));
    address.remove_prefix(slash);
    if (!address.empty()) address.remove_prefix(1);
    const std::string_view segment = address.substr(0, address.find('/'));
    if (tenant.empty() && dakiya::waba::is_digits(segment)) tenant = std::string(segment);

    if (!is_wati(host))
        throw Fault(
            DK_BAD_INPUT,
            "the WATI address must be one of WATI's own, such as https://live-mt-server.wati.io/123456: "
            "copy it from Connectors > API Tokens");
    if (token.empty()) throw Fault(DK_BAD_INPUT, "setting \"api_token\" is empty");
    dedicated = starts_with(host, "live-server-");
}

Http Account::with_token(Http http) const {
    http.bearer(token).header("accept", "application/json");
    return http;
}

Http Account::get(std::string_view path) const {
    return with_token(Http::get("https://" + host + "/api/ext/v3" + std::string(path)));
}

Http Account::post(std::string_view path) const {
    return with_token(Http::post("https://" + host + "/api/ext/v3" + std::string(path)));
}

std::string Account::older_url(std::string_view path) const {
    if (!has_older())
        throw Fault(
            DK_BAD_INPUT,
            "this needs the WATI account number: paste the WATI address with the digits at its end, or "
            "enter them under Advanced");
    const std::string segment = tenant.empty() || dedicated ? std::string() : "/" + tenant;
    return "https://" + host + segment + "/api" + std::string(path);
}

Http Account::older_get(std::string_view path) const { return with_token(Http::get(older_url(path))); }
Http Account::older_post(std::string_view path) const { return with_token(Http::post(older_url(path))); }
Http Account::older_del(std::string_view path) const { return with_token(Http::del(older_url(path))); }

std::string Account::channel_for(const std::string& from) const {
    return from.empty() ? channel : without_plus(from);
}

std::string target_of(std::string_view address) {
    if (dakiya::waba::is_phone(address)) return std::string(address.substr(1));
    return dakiya::waba::is_user_id(address) ? std::string(address) : std::string();
}

}  // namespace wati
