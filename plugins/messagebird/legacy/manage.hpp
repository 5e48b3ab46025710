// The old APIs besides sending: the account's state and balance, look-ups, templates, files, webhooks.
#ifndef DAKIYA_MESSAGEBIRD_LEGACY_MANAGE_HPP
#define DAKIYA_MESSAGEBIRD_LEGACY_MANAGE_HPP

#include "dakiya/provider.hpp"
#include "legacy/account.hpp"

namespace messagebird::legacy {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next balance(const Account& account, const dakiya::Turn& turn);
dakiya::Next settle(const Account& account, const dakiya::Turn& turn);
dakiya::Next upload_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next set_webhook(const Account& account, const dakiya::Turn& turn);

// templates.cpp
dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace messagebird::legacy

#endif
