// The account's state, the state of a message, and received files.
#ifndef DAKIYA_KALEYRA_CHECK_HPP
#define DAKIYA_KALEYRA_CHECK_HPP

#include "account.hpp"

namespace kaleyra {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next settle(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);

}  // namespace kaleyra

#endif
