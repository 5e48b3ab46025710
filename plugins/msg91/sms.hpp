// SMS by template: POST /flow (https://api.msg91.com/apidoc/textsms/send-sms-flow.php). Indian rules allow no
// other SMS.
#ifndef DAKIYA_MSG91_SMS_HPP
#define DAKIYA_MSG91_SMS_HPP

#include <optional>
#include <vector>

#include "account.hpp"

namespace msg91 {

// Why the whole call cannot be made, or why this recipient cannot be in it; nothing when there is no reason.
std::optional<dakiya::Error> sms_obstacle(const dakiya::Send& in);
std::optional<dakiya::Error> sms_obstacle(const dakiya::Recipient& to);

// One call for all of them. For one recipient our reference goes along as CRQID and comes back in its
// reports; it is one for the whole call, so several recipients are told apart by request id and number.
dakiya::Http sms_request(const Account& account, const dakiya::Send& in,
                         const std::vector<const dakiya::Recipient*>& to);

// Is it a template id of MSG91 (24 hex digits)? DLT's own ids are 19 decimal digits.
bool is_sms_template_id(std::string_view id);

}  // namespace msg91

#endif
