#include "account.hpp"

namespace twilio {

using namespace dakiya;

namespace {

// https://www.twilio.com/docs/global-infrastructure/understanding-edge-locations
std::string host(const Settings& settings, std::string_view product) {
    const auto region = settings.optional("region"), edge = settings.optional("edge");
    if (region.has_value() != edge.has_value())
        throw Fault(DK_BAD_INPUT, "the data region and its edge belong together: fill in both or neither");
    std::string url = "https://" + std::string(product);
    if (region) url += '.' + *edge + '.' + *region;
    return url + ".twilio.com";
}

std::string path_of(const std::string& address) {
    const std::size_t scheme = address.find("://");
    const std::size_t path = scheme == std::string::npos ? 0 : address.find('/', scheme + 3);
    if (path == std::string::npos || address[path] != '/')
        throw Fault(DK_BAD_REPLY, "Twilio named a next page that is not an address");
    return address.substr(path);
}

}  // namespace

Account::Account(const Settings& settings)
    : sid(settings.text("account_sid")),
      messaging_service(settings.text("messaging_service_sid", "")),
      from_sms(settings.text("from_sms", "")),
      from_whatsapp(settings.text("from_whatsapp", "")),
      token(settings.text("auth_token")),
      next_token(settings.text("auth_token_next", "")),
      uses_api_key(settings.optional("api_key_sid").has_value()),
      api(host(settings, "api")),
      content(host(settings, "content")),
      messaging(host(settings, "messaging")) {
    const std::string key_secret = settings.text("api_key_secret", "");
    if (uses_api_key == key_secret.empty())
        throw Fault(DK_BAD_INPUT, "a connection code has an ID and a secret: fill in both or neither");
    const std::string user = uses_api_key ? settings.text("api_key_sid") : sid;
    authorization_ = "Basic " + base64(user + ':' + (uses_api_key ? key_secret : token));
}

std::string Account::core(std::string_view path) const {
    std::string url = api;
    return url.append("/2010-04-01/Accounts/").append(sid).append(path);
}

std::string next_page(const Json& page, const std::string& base) {
    const std::string address = page["meta"].value("next_page_url", page.value("next_page_uri", ""));
    return address.empty() ? std::string() : base + path_of(address);
}

bool is_sid(std::string_view text, std::string_view prefix) {
    return text.size() == 34 && text.substr(0, 2) == prefix &&
           text.find_first_not_of("0123456789abcdefABCDEF", 2) == text.npos;
}

std::string_view without_channel(std::string_view address) {
    const std::size_t colon = address.find(':');
    return colon == address.npos ? address : address.substr(colon + 1);
}

}  // namespace twilio
