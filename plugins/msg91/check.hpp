// Is the connection in order? None of these calls costs anything.
#ifndef DAKIYA_MSG91_CHECK_HPP
#define DAKIYA_MSG91_CHECK_HPP

#include "account.hpp"

namespace msg91 {

// Key, then each SMS template (up to ten), then the WhatsApp number; one verdict at the end.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);
// The WhatsApp numbers of the account and the SMS sender of the settings.
dakiya::Next list_senders(const Account& account, const dakiya::Turn& turn);
// SMS credits, or the prepaid balance of a connection that has WhatsApp only.
dakiya::Next read_balance(const Account& account, const dakiya::Turn& turn);

}  // namespace msg91

#endif
