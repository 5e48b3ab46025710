// One tenant's Fast2SMS account as the settings describe it, and requests to it.
// https://docs.fast2sms.com/reference
#ifndef DAKIYA_FAST2SMS_ACCOUNT_HPP
#define DAKIYA_FAST2SMS_ACCOUNT_HPP

#include <optional>
#include <string>
#include <string_view>

#include "dakiya/provider.hpp"

namespace fast2sms {

// The template that stands for the route `otp`, whose text Fast2SMS fixes.
constexpr const char* otp_template_id = "otp";

struct Account {
    explicit Account(const dakiya::Settings& settings);

    // "/bulkV2" → https://www.fast2sms.com/dev/bulkV2, with the key in a header. (It may also stand in the
    // query, where it would end in access logs.)
    dakiya::Http get(std::string_view path) const;
    dakiya::Http post(std::string_view path) const;
    dakiya::Http del(std::string_view path) const;

    bool has_whatsapp() const { return !phone_number_id.empty(); }
    // "/whatsapp/v24.0/{id}/messages": the calls in the form of Meta's Cloud API.
    std::string cloud_path(std::string_view id, std::string_view what) const;

    std::string key, route, sender, entity_id, phone_number_id, waba_id, version;
    bool otp_route;
};

// "+919812345678" → "9812345678", as SMS want it; nothing for what is no Indian number.
std::optional<std::string> indian_number(std::string_view address);

// "9812345678" or "919812345678" → "+919812345678"; "" for what is no number.
std::string address_of(std::string_view digits);

}  // namespace fast2sms

#endif
