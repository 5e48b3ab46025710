// WhatsApp: a number belongs to API V1 (a form of Kaleyra's own) or V2 (Meta's message in a wrapper), never
// to both. https://developers.kaleyra.io/docs/whatsapp-api-v2-send-text-messages
#ifndef DAKIYA_KALEYRA_WHATSAPP_HPP
#define DAKIYA_KALEYRA_WHATSAPP_HPP

#include "account.hpp"

namespace kaleyra {

// Throws waba::Refused when Kaleyra would not take it.
dakiya::Http whatsapp_request(const Account& account, const dakiya::Send& in, const dakiya::Recipient& to);

}  // namespace kaleyra

#endif
