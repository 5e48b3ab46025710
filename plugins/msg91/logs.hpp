// Looking a message up in MSG91's logs. They are not documented in public; paths and fields are those that
// public clients use (github.com/amtariksha/whatsapp-msg91).
#ifndef DAKIYA_MSG91_LOGS_HPP
#define DAKIYA_MSG91_LOGS_HPP

#include "account.hpp"

namespace msg91 {

// The operation `settle`. An SMS is found by its request id and number, a WhatsApp message also by our
// reference among those of its day. What is not found stays as it is: an empty log proves nothing.
dakiya::Next look_up(const Account& account, const dakiya::Turn& turn);

}  // namespace msg91

#endif
