// One message as Interakt wants it: the Cloud API's contents in names of Interakt's own.
#ifndef DAKIYA_INTERAKT_MESSAGE_HPP
#define DAKIYA_INTERAKT_MESSAGE_HPP

#include "dakiya/json.hpp"
#include "dakiya/send.hpp"

namespace interakt {

// The body of POST /message/ for one person. Throws waba::Refused when Interakt or Meta would not take it.
dakiya::Json message_body(const dakiya::Send& in, const dakiya::Recipient& to);

}  // namespace interakt

#endif
