// The account's state, and the state of a message.
#ifndef DAKIYA_KALEYRA_CHECK_HPP
#define DAKIYA_KALEYRA_CHECK_HPP

#include "account.hpp"

namespace kaleyra {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next settle(const Account& account, const dakiya::Turn& turn);

}  // namespace kaleyra

#endif
