// A send as one mail: header, parts, envelope.
#ifndef DAKIYA_SMTP_MESSAGE_HPP
#define DAKIYA_SMTP_MESSAGE_HPP

#include <optional>
#include <string>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace smtp {

// Why it cannot be sent, before anybody is asked; nothing when it can.
std::optional<dakiya::Error> refused(const Account& account, const dakiya::Send& in);

// The effect mail/1 for the one recipient of `in`.
dakiya::Json mail_effect(const Account& account, const dakiya::Send& in, std::int64_t now_ms);

// "msg_…@example.com": what an event may know the mail by. The same for each attempt.
std::string message_id(const Account& account, const dakiya::Recipient& to);

}  // namespace smtp

#endif
