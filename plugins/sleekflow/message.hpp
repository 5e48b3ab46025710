// One message as SleekFlow wants it: texts of its own, templates and buttons as Meta's objects in a wrapper.
#ifndef DAKIYA_SLEEKFLOW_MESSAGE_HPP
#define DAKIYA_SLEEKFLOW_MESSAGE_HPP

#include "account.hpp"
#include "dakiya/http.hpp"
#include "dakiya/send.hpp"

namespace sleekflow {

// The call that sends it. Throws waba::Refused when SleekFlow or Meta would not take it.
dakiya::Http send_message(const Account& account, const dakiya::Send& in);

}  // namespace sleekflow

#endif
