// Templates, as WATI lists them and as it wants their values.
//
// WATI gives every variable of a template a name of its own ("name", "order_no", "1") and takes all values by
// these names, those of the header and of the buttons too. A listed template keeps that name beside its part
// ("param"), so that sending finds it.
#ifndef DAKIYA_WATI_TEMPLATE_HPP
#define DAKIYA_WATI_TEMPLATE_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace wati {

// Operation templates.list: pages of 100.
dakiya::Next list_templates(const Account& account, const dakiya::Turn& turn);
// Operation templates.delete: one language, or all of a name.
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

// One person's values by WATI's names: [{"name", "value"}]. `components`: as listed, or null. Throws
// waba::Refused when one is missing, empty, or nowhere in the template.
dakiya::Json custom_params(const dakiya::Json& components, const dakiya::Recipient& to);

}  // namespace wati

#endif
