// Templates: SMS as entered by hand, WhatsApp V2 as Meta lists them, V1 as entered by hand.
// https://developers.kaleyra.io/docs/whatsapp-template-api-v2-create-template
#ifndef DAKIYA_KALEYRA_TEMPLATES_HPP
#define DAKIYA_KALEYRA_TEMPLATES_HPP

#include "account.hpp"

namespace kaleyra {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace kaleyra

#endif
