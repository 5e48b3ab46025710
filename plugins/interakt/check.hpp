// "Test connection": a page of templates tells whether the key works and the plan has the interface.
#ifndef DAKIYA_INTERAKT_CHECK_HPP
#define DAKIYA_INTERAKT_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace interakt {

// Nothing is sent. Ends with one "account" record, whatever the answer is.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);

}  // namespace interakt

#endif
