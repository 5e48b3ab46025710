// One WhatsApp message to one person: Gupshup has no bulk call. Self-serve has a form with JSON inside for
// free-form messages and another for templates; a partner's app takes Meta's own JSON (v3).
// https://docs.gupshup.io/reference/sending-text-template, https://partner-docs.gupshup.io
#ifndef DAKIYA_GUPSHUP_WHATSAPP_HPP
#define DAKIYA_GUPSHUP_WHATSAPP_HPP

#include "account.hpp"

namespace gupshup {

// Throws waba::Refused when it cannot go out as it is.
dakiya::Next send_whatsapp(const Account& account, const dakiya::Send& in, const dakiya::Turn& turn);

}  // namespace gupshup

#endif
