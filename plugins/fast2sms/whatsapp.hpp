// WhatsApp: Fast2SMS passes Meta's Cloud API on, below /dev/whatsapp/{version}.
// https://docs.fast2sms.com/reference/sendwhatsappmessage
#ifndef DAKIYA_FAST2SMS_WHATSAPP_HPP
#define DAKIYA_FAST2SMS_WHATSAPP_HPP

#include <string_view>

#include "account.hpp"

namespace fast2sms {

// One message to one person; a file of ours is uploaded first. Throws waba::Refused.
dakiya::Next send_whatsapp(const Account& account, const dakiya::Send& in, const dakiya::Turn& turn);

dakiya::Next upload_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace fast2sms

#endif
