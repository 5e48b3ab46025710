// The account's own state: connection test, balance, senders, and the files that people sent.
#ifndef DAKIYA_TWILIO_CHECK_HPP
#define DAKIYA_TWILIO_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace twilio {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next balance(const Account& account, const dakiya::Turn& turn);
dakiya::Next senders(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);

}  // namespace twilio

#endif
