// Templates: Meta's, behind 360dialog's own paths and in small letters.
// https://docs.360dialog.com/docs/waba-messaging/template-messaging
#ifndef DAKIYA_DIALOG360_TEMPLATES_HPP
#define DAKIYA_DIALOG360_TEMPLATES_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace dialog360 {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace dialog360

#endif
