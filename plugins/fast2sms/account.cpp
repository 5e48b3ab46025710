#include "account.hpp"

#include "dakiya/text.hpp"
#include "dakiya/waba.hpp"

namespace fast2sms {

using dakiya::Http;
using dakiya::Settings;
using dakiya::without_wrapping;

namespace {

constexpr std::size_t indian_digits = 10;

// `www` and the exact case matter: other spellings are redirected or not found.
std::string url(std::string_view path) { return "https://www.fast2sms.com/dev" + std::string(path); }

}  // namespace

Account::Account(const Settings& settings)
    : key(without_wrapping(settings.text("api_key"))),
      route(settings.text("route", "dlt")),
      sender(settings.text("sender_id", "")),
      entity_id(settings.text("entity_id", "")),
      phone_number_id(settings.text("wa_phone_number_id", "")),
      waba_id(settings.text("waba_id", "")),
      version(settings.text("wa_version", "v24.0")),
      otp_route(settings.flag("otp_route")) {
    if (key.empty()) throw dakiya::Fault(DK_BAD_INPUT, "setting \"api_key\" is empty");
}

Http Account::get(std::string_view path) const {
    return Http::get(url(path)).secret_header("authorization", key);
}
Http Account::post(std::string_view path) const {
    return Http::post(url(path)).secret_header("authorization", key);
}
Http Account::del(std::string_view path) const {
    return Http::del(url(path)).secret_header("authorization", key);
}

std::string Account::cloud_path(std::string_view id, std::string_view what) const {
    return "/whatsapp/" + version + "/" + dakiya::percent(id) + "/" + std::string(what);
}

std::optional<std::string> indian_number(std::string_view address) {
    if (address.substr(0, 3) != "+91") return std::nullopt;
    address.remove_prefix(3);
    if (address.size() != indian_digits || !dakiya::waba::is_digits(address)) return std::nullopt;
    return std::string(address);
}

std::string address_of(std::string_view digits) {
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    if (!dakiya::waba::is_digits(digits)) return {};
    return (digits.size() == indian_digits ? "+91" : "+") + std::string(digits);
}

}  // namespace fast2sms
