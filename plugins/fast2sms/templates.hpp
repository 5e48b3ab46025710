// Templates: those of SMS from DLT Manager, those of WhatsApp from Meta, and the fixed text of the one-time
// code route. https://docs.fast2sms.com/reference/get-waba-template-details
#ifndef DAKIYA_FAST2SMS_TEMPLATES_HPP
#define DAKIYA_FAST2SMS_TEMPLATES_HPP

#include "account.hpp"

namespace fast2sms {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);

}  // namespace fast2sms

#endif
