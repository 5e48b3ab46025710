// "Test connection", the wallet, read marks, and the subscription to webhooks.
// https://docs.gupshup.io/docs/subscriptions-and-notifications
#ifndef DAKIYA_GUPSHUP_CHECK_HPP
#define DAKIYA_GUPSHUP_CHECK_HPP

#include "account.hpp"

namespace gupshup {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next read_balance(const Account& account, const dakiya::Turn& turn);
dakiya::Next mark_read(const Account& account, const dakiya::Turn& turn);
dakiya::Next subscribe(const Account& account, const dakiya::Turn& turn);

}  // namespace gupshup

#endif
