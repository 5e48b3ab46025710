// Delivery: the two callbacks (knowledge base of dial2verify.com, 2Factor's support: articles 5 and 14), and
// the report that can be asked for.
#ifndef DAKIYA_TWOFACTOR_REPORTS_HPP
#define DAKIYA_TWOFACTOR_REPORTS_HPP

#include "account.hpp"

namespace twofactor {

std::vector<dakiya::Event> read_callback(const Account& account, const dakiya::Inbound& in);

// The operation `status`: one report a turn, an event for each message that has an end. At most 15 ids.
dakiya::Next poll(const Account& account, const dakiya::Turn& turn);

}  // namespace twofactor

#endif
