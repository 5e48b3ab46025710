// Operations about the connection itself: check, senders, balance. Nothing is sent.
#ifndef DAKIYA_AISENSY_CHECK_HPP
#define DAKIYA_AISENSY_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace aisensy {

// The campaigns of the settings are looked at (or one that need not exist, which proves the key), then the
// project.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next list_senders(const Account& account, const dakiya::Turn& turn);
dakiya::Next read_balance(const Account& account, const dakiya::Turn& turn);

}  // namespace aisensy

#endif
