// SMS: POST /dev/bulkV2 (https://docs.fast2sms.com/reference). What `message` means depends on the route: an
// id of DLT Manager on `dlt`, the whole text on `dlt_manual` and `q`; `otp` has a text of its own.
#ifndef DAKIYA_FAST2SMS_SMS_HPP
#define DAKIYA_FAST2SMS_SMS_HPP

#include <optional>
#include <vector>

#include "account.hpp"

namespace fast2sms {

// Why the call cannot be made for anybody; nothing when it can. It is one text for everybody in it.
std::optional<dakiya::Error> sms_obstacle(const Account& account, const dakiya::Send& in);

// Why this person cannot be in it.
std::optional<dakiya::Error> number_obstacle(const dakiya::Recipient& to);

// One call for all of them, who are at least one. For one recipient our reference goes along as udf1 and
// comes back in the report; several are told apart by the request's id and the number.
dakiya::Http sms_request(const Account& account, const dakiya::Send& in,
                         const std::vector<const dakiya::Recipient*>& to);

}  // namespace fast2sms

#endif
