// Templates: listed by state and page, made anew. Interakt has no call that deletes one.
#ifndef DAKIYA_INTERAKT_TEMPLATES_HPP
#define DAKIYA_INTERAKT_TEMPLATES_HPP

#include <cstdint>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace interakt {

dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);

// The call for one page of templates of one state ("APPROVED", "WAITING", "REJECTED").
dakiya::Http ask_templates(const Account& account, std::string_view state, std::int64_t offset);

}  // namespace interakt

#endif
