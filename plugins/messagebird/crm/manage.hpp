// Bird CRM besides sending: the account's state, templates, files, webhook subscriptions.
#ifndef DAKIYA_MESSAGEBIRD_CRM_MANAGE_HPP
#define DAKIYA_MESSAGEBIRD_CRM_MANAGE_HPP

#include "crm/account.hpp"
#include "dakiya/provider.hpp"

namespace messagebird::crm {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next upload_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);
dakiya::Next set_webhook(const Account& account, const dakiya::Turn& turn);

}  // namespace messagebird::crm

#endif
