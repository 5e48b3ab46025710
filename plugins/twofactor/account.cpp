#include "account.hpp"

#include <algorithm>

#include "dakiya/sms.hpp"

namespace twofactor {

using dakiya::Fault;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::Settings;

namespace {

constexpr const char* base = "https://2factor.in/API";
constexpr std::size_t national_digits = 10;

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "Hi #VAR1#" → "Hi {{1}}", as the panel writes variables; {#var#} is DLT's way.
std::string numbered(std::string text) {
    for (int n = 1; n <= 20; ++n) {
        const std::string mark = "#VAR" + std::to_string(n) + "#", ours = "{{" + std::to_string(n) + "}}";
        for (std::size_t at; (at = text.find(mark)) != text.npos;) text.replace(at, mark.size(), ours);
    }
    return dakiya::sms::numbered(text);
}

SmsTemplate approved_text(const Json& json) {
    SmsTemplate made;
    made.name = json.at("name").text();
    made.text = numbered(json.at("text").text());
    made.variables = dakiya::sms::values_in(made.text);
    made.promotional = json.value("route", "transactional") == "promotional";
    made.dlt_id = json.value("dlt_template_id", "");
    return made;
}

}  // namespace

Account::Account(const Settings& settings)
    : sender(settings.text("sender_id", "")),
      otp_template(settings.text("otp_template", "")),
      dlt_pe_id(settings.text("dlt_pe_id", "")),
      key_(settings.text("api_key")) {
    for (const Json& json : settings.json()["templates"]) {
        SmsTemplate made = approved_text(json);
        if (find(made.name))
            throw Fault(DK_BAD_INPUT, "setting \"templates\" has two with the name \"" + made.name + '"');
        templates.push_back(std::move(made));
    }
}

Http Account::get(std::string_view path) const {
    return Http::get(base + std::string("/V1/") + dakiya::percent(key_) + std::string(path));
}

Http Account::post(std::string_view path) const {
    return Http::post(base + std::string("/V1/") + dakiya::percent(key_) + std::string(path));
}

Http Account::send(Form form) const {
    form.add("apikey", key_);
    Http http = Http::post(base + std::string("/R1/"));
    http.form(form).secret_body();
    return http;
}

const SmsTemplate* Account::find(std::string_view name) const {
    const auto found = std::find_if(templates.begin(), templates.end(),
                                    [&](const SmsTemplate& one) { return one.name == name; });
    return found == templates.end() ? nullptr : &*found;
}

std::string Account::without_key(std::string text) const {
    for (std::size_t at; (at = text.find(key_)) != text.npos;) text.replace(at, key_.size(), "[key]");
    return text;
}

std::optional<std::string> digits_of(std::string_view address) {
    if (address.substr(0, 3) != "+91" || address.size() != 3 + national_digits) return std::nullopt;
    address.remove_prefix(1);
    if (!all_digits(address)) return std::nullopt;
    return std::string(address);
}

std::string address_of(std::string_view digits) {
    if (digits.substr(0, 1) == "+") digits.remove_prefix(1);
    if (!all_digits(digits)) return {};
    if (digits.size() == national_digits) return "+91" + std::string(digits);
    return digits.size() == 2 + national_digits && digits.substr(0, 2) == "91" ? '+' + std::string(digits)
                                                                               : std::string();
}

}  // namespace twofactor
