// What a mail server and we say to each other before the first message: greeting, EHLO, STARTTLS, AUTH.
#pragma once

#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange and does not include this

#include "net/smtp_wire.hpp"

namespace dakiya::net {

// From a fresh connection to one that may carry messages; `extensions` is what the server offers then.
// False: wire.reply() tells why.
Task<bool> greet(SmtpWire& wire, SmtpExtensions& extensions);

}  // namespace dakiya::net
