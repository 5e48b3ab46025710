// SMS from approved templates: R1 TRANS_SMS for transactional ones, PSMS for promotional ones.
#ifndef DAKIYA_TWOFACTOR_SMS_HPP
#define DAKIYA_TWOFACTOR_SMS_HPP

#include "account.hpp"

namespace twofactor {

// Why this message cannot go out, or nothing.
std::optional<dakiya::Error> obstacle(const Account& account, const dakiya::Send& in);

// The request for the only recipient of `in`, which has no obstacle.
dakiya::Http sms_request(const Account& account, const dakiya::Send& in);

dakiya::Next list_templates(const Account& account);

}  // namespace twofactor

#endif
