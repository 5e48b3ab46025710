#include "account.hpp"

#include <algorithm>

namespace msg91 {

using dakiya::Http;
using dakiya::Settings;

namespace {

// Keys get pasted with blanks or in quotes; MSG91 then refuses them without a word about it.
std::string without_wrapping(std::string_view text) {
    constexpr std::string_view wrapping = " \t\r\n\"'";
    const std::size_t first = text.find_first_not_of(wrapping);
    if (first == text.npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(wrapping) - first + 1));
}

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

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace msg91
