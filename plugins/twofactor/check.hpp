// Test connection, and credits. Each product of 2Factor has credits of its own.
#ifndef DAKIYA_TWOFACTOR_CHECK_HPP
#define DAKIYA_TWOFACTOR_CHECK_HPP

#include "account.hpp"

namespace twofactor {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
// Credits of transactional SMS; not money.
dakiya::Next read_balance(const Account& account, const dakiya::Turn& turn);

}  // namespace twofactor

#endif
