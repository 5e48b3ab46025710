// SMS: one by POST /v1/{sid}/messages, several, each with a text of its own, by POST /v1/{sid}/sms/json.
// https://developers.kaleyra.io/docs/sms-api-message-endpoint, …/sms-api-send-sms-json-xml
#ifndef DAKIYA_KALEYRA_SMS_HPP
#define DAKIYA_KALEYRA_SMS_HPP

#include <vector>

#include "account.hpp"

namespace kaleyra {

constexpr std::size_t most_in_call = 1000;  // nodes

// Why this person cannot get it; nothing when it can go out.
std::optional<dakiya::Error> sms_obstacle(const Account& account, const dakiya::Send& in,
                                          const dakiya::Recipient& to);

dakiya::Http sms_request(const Account& account, const dakiya::Send& in,
                         const std::vector<const dakiya::Recipient*>& to);

// `in` with our reference as ?m=, which comes back whatever the callback's body is.
std::string callback_address(const dakiya::Send& in, const dakiya::Recipient& to);

}  // namespace kaleyra

#endif
