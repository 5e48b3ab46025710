// "Test connection", the senders, and the templates of a sender.
#ifndef DAKIYA_SLEEKFLOW_CHECK_HPP
#define DAKIYA_SLEEKFLOW_CHECK_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace sleekflow {

// Nothing is sent. A key that is refused is tried in the other regions, so that the right one can be named.
// Ends with one "account" record, whatever the answers are.
dakiya::Next check(const Account& account, const dakiya::Turn& turn);

dakiya::Next list_senders(const Account& account, const dakiya::Turn& turn);
dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);

}  // namespace sleekflow

#endif
