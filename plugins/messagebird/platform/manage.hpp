// The Bird Platform besides sending: the account's state, templates, look-ups, files.
#ifndef DAKIYA_MESSAGEBIRD_PLATFORM_MANAGE_HPP
#define DAKIYA_MESSAGEBIRD_PLATFORM_MANAGE_HPP

#include "dakiya/provider.hpp"
#include "platform/account.hpp"

namespace messagebird::platform {

dakiya::Next check(const Account& account, const dakiya::Turn& turn);
dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next settle(const Account& account, const dakiya::Turn& turn);
dakiya::Next fetch_media(const Account& account, const dakiya::Turn& turn);

}  // namespace messagebird::platform

#endif
