// Messages of people, WhatsApp v2. https://docs.gupshup.io/docs/what-is-an-inbound-message
#ifndef DAKIYA_GUPSHUP_INBOUND_HPP
#define DAKIYA_GUPSHUP_INBOUND_HPP

#include "account.hpp"

namespace gupshup {

// body: the whole envelope. Throws JsonError when it does not say who wrote.
dakiya::Event inbound_event(const Account& account, const dakiya::Json& body);

}  // namespace gupshup

#endif
