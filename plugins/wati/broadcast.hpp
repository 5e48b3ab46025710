// A template for up to 500 people in one call, and finding it again after an answer was lost.
#ifndef DAKIYA_WATI_BROADCAST_HPP
#define DAKIYA_WATI_BROADCAST_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace wati {

// POST /messageTemplates/send. Whoever cannot be sent to is failed in this turn and left out of the call.
dakiya::Next send_template(const Account& account, const dakiya::Send& in);
// Its answer, for those who were in the call.
dakiya::Next read_broadcast(const dakiya::Send& in, const dakiya::Reply& reply);

// Operation settle: WATI drops no repeated call, so a lost one is looked up, in the list of broadcasts and
// then among the recipients of those that may have held the message. Nothing found is no proof: no record.
dakiya::Next look_up(const Account& account, const dakiya::Turn& turn);

}  // namespace wati

#endif
