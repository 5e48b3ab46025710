// What became of messages: nothing reports it by itself, so conversations are read.
#ifndef DAKIYA_SLEEKFLOW_STATUS_HPP
#define DAKIYA_SLEEKFLOW_STATUS_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace sleekflow {

// Reads the newest messages of up to 14 conversations of the ids; the others are left for another time. Each
// call counts for the account's month.
dakiya::Next ask_status(const Account& account, const dakiya::Turn& turn);

}  // namespace sleekflow

#endif
