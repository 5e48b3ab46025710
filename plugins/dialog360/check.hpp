// "Test connection": the health of the number and of what is above it, then whether a webhook is set.
// https://docs.360dialog.com/docs/messaging/health-status
#ifndef DAKIYA_DIALOG360_CHECK_HPP
#define DAKIYA_DIALOG360_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace dialog360 {

// Nothing is sent. Ends with one "account" record, whatever the answers are.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);

}  // namespace dialog360

#endif
