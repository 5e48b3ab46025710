// Free-form messages, within 24 hours of the person's last one: texts, files, buttons and lists.
#ifndef DAKIYA_WATI_CONVERSATION_HPP
#define DAKIYA_WATI_CONVERSATION_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace wati {

// POST /conversations/messages/… for the first recipient. Throws waba::Refused for what cannot go out.
dakiya::Http conversation_request(const Account& account, const dakiya::Send& in);
dakiya::Next read_message(const dakiya::Reply& reply);

// Operation media.fetch: the file of an inbound message, by the message's id.
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);

}  // namespace wati

#endif
