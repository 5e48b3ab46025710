// One tenant's 2Factor account as the settings describe it, and the addresses of its API.
// 2Factor's public API page: https://documenter.getpostman.com/view/301893/TWDamFGh
#ifndef DAKIYA_TWOFACTOR_ACCOUNT_HPP
#define DAKIYA_TWOFACTOR_ACCOUNT_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/provider.hpp"

namespace twofactor {

// A text that the tenant had approved; 2Factor shows its own list to people only.
struct SmsTemplate {
    std::string name;
    std::string text;  // with {{1}}, {{2}} for the variables
    int variables = 0;
    bool promotional = false;
    std::string dlt_id;
};

struct Account {
    explicit Account(const dakiya::Settings& settings);

    // "/BAL/SMS" → https://2factor.in/API/V1/<key>/BAL/SMS. The key is part of the path: the address is a
    // secret.
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;
    // POST https://2factor.in/API/R1/ with the key in the form, the newer way of sending.
    dakiya::Http send(dakiya::Form form) const;

    // Nothing when the settings have no template of that name.
    const SmsTemplate* find(std::string_view name) const;

    std::string sender, otp_template, dlt_pe_id;
    std::vector<SmsTemplate> templates;

    // `text` without the key, should 2Factor quote it.
    std::string without_key(std::string text) const;

private:
    std::string key_;
};

// "+919812345678" → "919812345678". Nothing when it is not an Indian number, which 2Factor alone reaches.
std::optional<std::string> digits_of(std::string_view address);

// "9812345678", "919812345678" or "+919812345678" → "+919812345678"; empty when it is none of these.
std::string address_of(std::string_view digits);

}  // namespace twofactor

#endif
