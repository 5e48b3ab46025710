#include "account.hpp"

#include "dakiya/text.hpp"

#include <algorithm>

namespace msg91 {

using dakiya::Http;
using dakiya::Settings;
using dakiya::without_wrapping;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Account::Account(const Settings& settings)
    : key(without_wrapping(settings.text("authkey"))),
      sender(settings.text("sender", "")),
      otp_template(settings.text("otp_template_id", "")),
      number(settings.text("integrated_number", "")),
      name_space(settings.text("namespace", "")),
      currency(settings.text("currency", "INR")),
      host(settings.text("host", "control.msg91.com")),
      sms_templates(settings.list("sms_templates")) {
    if (key.empty()) throw dakiya::Fault(DK_BAD_INPUT, "setting \"authkey\" is empty");
    if (!number.empty() && number[0] == '+') number.erase(0, 1);
}

std::string Account::url(std::string_view path) const {
    return "https://" + host + "/api/v5" + std::string(path);
}

Http Account::signed_by_key(Http http) const {
    http.secret_header("authkey", key).header("accept", "application/json");
    return http;
}

Http Account::get(std::string_view path) const { return signed_by_key(Http::get(url(path))); }
Http Account::post(std::string_view path) const { return signed_by_key(Http::post(url(path))); }
Http Account::del(std::string_view path) const { return signed_by_key(Http::del(url(path))); }

std::optional<std::string> digits_of(std::string_view address) {
    if (address.size() < 8 || address.size() > 16 || address[0] != '+') return std::nullopt;
    address.remove_prefix(1);
    if (!std::all_of(address.begin(), address.end(), is_digit)) return std::nullopt;
    return std::string(address);
}

std::string address_of(std::string_view digits) {
    if (digits.empty() || digits[0] == '+') return std::string(digits);
    return '+' + std::string(digits);
}

}  // namespace msg91
