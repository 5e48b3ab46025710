// Templates: those of WhatsApp from Gupshup, those of SMS as the tenant entered them (they live on the DLT
// portals, and no API lists them). https://docs.gupshup.io/reference/get-all-templates-for-an-app
#ifndef DAKIYA_GUPSHUP_TEMPLATES_HPP
#define DAKIYA_GUPSHUP_TEMPLATES_HPP

#include "account.hpp"

namespace gupshup {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);

// Our word for Gupshup's, whatever its case; a word that does not exist yet is "disabled".
const char* template_status(const std::string& theirs);

dakiya::Http ask_templates(const Account& account);

}  // namespace gupshup

#endif
