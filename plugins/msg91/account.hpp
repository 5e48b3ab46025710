// One tenant's MSG91 account as the settings describe it, and requests to it.
// Base address, header and number form: https://api.msg91.com/apidoc/textsms/send-sms-flow.php
#ifndef DAKIYA_MSG91_ACCOUNT_HPP
#define DAKIYA_MSG91_ACCOUNT_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/provider.hpp"

namespace msg91 {

struct Account {
    explicit Account(const dakiya::Settings& settings);

    // "/flow" → https://control.msg91.com/api/v5/flow, with the key in the header `authkey`. (The key is
    // also accepted in the query, where it would end in access logs.)
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;
    dakiya::Http del(std::string_view path) const;

    std::string key, sender, otp_template, number, name_space, currency, host;
    std::vector<std::string> sms_templates;

private:
    std::string url(std::string_view path) const;
    dakiya::Http signed_by_key(dakiya::Http http) const;
};

// "+919812345678" → "919812345678", as MSG91 writes numbers. Nothing when it is not an international number.
std::optional<std::string> digits_of(std::string_view address);

// "919812345678" (or with "+") → "+919812345678"; empty stays empty.
std::string address_of(std::string_view digits);

}  // namespace msg91

#endif
