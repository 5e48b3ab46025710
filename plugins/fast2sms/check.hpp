// "Test connection" (wallet, then senders, then the WhatsApp number: nothing of it costs anything), the
// balance and the senders. https://docs.fast2sms.com/reference/wallet-balance
#ifndef DAKIYA_FAST2SMS_CHECK_HPP
#define DAKIYA_FAST2SMS_CHECK_HPP

#include "account.hpp"

namespace fast2sms {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next read_balance(const Account& account, const dakiya::Turn& turn);
dakiya::Next list_senders(const Account& account, const dakiya::Turn& turn);

}  // namespace fast2sms

#endif
