// What became of messages: nothing reports it by itself, so conversations are read.
#ifndef DAKIYA_SLEEKFLOW_STATUS_HPP
#define DAKIYA_SLEEKFLOW_STATUS_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace sleekflow {

// Reads the newest messages of the ids' conversations, up to 14: as many ids as the manifest lets one
// question have. Each call counts for the account's month.
dakiya::Next ask_status(const Account& account, const dakiya::Turn& turn);

}  // namespace sleekflow

#endif
