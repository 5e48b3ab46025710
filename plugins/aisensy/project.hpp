// The Project API: messages in Meta's shape for one person, and what became of them.
#ifndef DAKIYA_AISENSY_PROJECT_HPP
#define DAKIYA_AISENSY_PROJECT_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace aisensy {

// POST /messages. Throws waba::Refused for what cannot go out.
dakiya::Http message_request(const Account& account, const dakiya::Send& in);
dakiya::Next read_message(const Account& account, const dakiya::Reply& reply);

// Operation status: one message after the other, by the id that it was accepted with.
dakiya::Next ask_status(const Account& account, const dakiya::Turn& turn);

}  // namespace aisensy

#endif
