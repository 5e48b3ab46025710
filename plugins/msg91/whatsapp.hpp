// WhatsApp: templates to many people in one call, free-form messages one at a time.
// Templates: https://github.com/Walkover-Web-Solution/msg91-whatsapp-sdk-python; free-form messages as
// github.com/amtariksha/whatsapp-msg91 sends them.
#ifndef DAKIYA_MSG91_WHATSAPP_HPP
#define DAKIYA_MSG91_WHATSAPP_HPP

#include <optional>
#include <vector>

#include "account.hpp"

namespace msg91 {

// Why the whole call cannot be made, or why this recipient cannot be in it; nothing when there is no reason.
std::optional<dakiya::Error> whatsapp_obstacle(const Account& account, const dakiya::Send& in);
std::optional<dakiya::Error> whatsapp_obstacle(const dakiya::Send& in, const dakiya::Recipient& to);

// One call for all of them; free-form messages take exactly one.
dakiya::Http whatsapp_request(const Account& account, const dakiya::Send& in,
                              const std::vector<const dakiya::Recipient*>& to);

}  // namespace msg91

#endif
