// Operations about the connection itself: check, senders, webhook.set.
#ifndef DAKIYA_WATI_CHECK_HPP
#define DAKIYA_WATI_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace wati {

// One template is listed (proves host, token and permission), then the channels, then the state of the number
// where the account number is known. Nothing is sent.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);

dakiya::Next list_senders(const Account& account, const dakiya::Turn& turn);

dakiya::Next set_webhook(const Account& account, const dakiya::Turn& turn);

}  // namespace wati

#endif
