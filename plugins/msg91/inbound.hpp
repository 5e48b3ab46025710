// WhatsApp messages of people, out of a webhook.
#ifndef DAKIYA_MSG91_INBOUND_HPP
#define DAKIYA_MSG91_INBOUND_HPP

#include <optional>
#include <vector>

#include "account.hpp"

namespace msg91 {

// The form with placeholders. Nothing when it is a message of ours: MSG91 echoes those, and what is typed in
// the WhatsApp Business app, in events that look inbound. Nor when there is no content.
std::optional<dakiya::Event> read_inbound(const Account& account, const dakiya::Json& json);

// The form of the Cloud API ("contacts" and "messages" as arrays), with the same exception.
void read_cloud_api(const Account& account, const dakiya::Json& json, std::vector<dakiya::Event>& events);

}  // namespace msg91

#endif
