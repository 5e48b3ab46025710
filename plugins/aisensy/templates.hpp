// Templates: the live campaigns that the settings name, and those of the Project API where it is set up.
#ifndef DAKIYA_AISENSY_TEMPLATES_HPP
#define DAKIYA_AISENSY_TEMPLATES_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace aisensy {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace aisensy

#endif
