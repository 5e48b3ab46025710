// Files, read marks, the webhook's address and the balance. A call that is refused ends in a Fault with a
// sentence for people.
#ifndef DAKIYA_DIALOG360_CALLS_HPP
#define DAKIYA_DIALOG360_CALLS_HPP

#include <string>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace dialog360 {

dakiya::Next upload_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next mark_read(const Account& account, const dakiya::Turn& turn);
dakiya::Next set_webhook(const Account& account, const dakiya::Turn& turn);
dakiya::Next balance(const Account& account, const dakiya::Turn& turn);

// Stores a file of ours for 30 days. It may be repeated: a second copy is harmless.
dakiya::Http upload(const Account& account, const dakiya::Media& file);

// The reply's body. Throws Fault with a sentence when the call was refused.
const dakiya::Json& require_ok(const Account& account, const dakiya::Reply& reply);

}  // namespace dialog360

#endif
