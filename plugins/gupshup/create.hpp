// Templates made and deleted through the partner API.
// https://partner-docs.gupshup.io (templates: apply, delete)
#ifndef DAKIYA_GUPSHUP_CREATE_HPP
#define DAKIYA_GUPSHUP_CREATE_HPP

#include "account.hpp"

namespace gupshup {

dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);
dakiya::Next delete_template(const Account& account, const dakiya::Turn& turn);

}  // namespace gupshup

#endif
