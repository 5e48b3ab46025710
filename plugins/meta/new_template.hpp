// Operation `templates.create`. A file in a header is shown to Meta's reviewers as an example: it goes there
// first, by a resumable upload to the app, and the template names the handle that the upload gave.
// https://developers.facebook.com/docs/graph-api/guides/upload
#ifndef DAKIYA_META_NEW_TEMPLATE_HPP
#define DAKIYA_META_NEW_TEMPLATE_HPP

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace meta {

// Two turns for each file, one for the template. Throws Fault when Meta would not take it, and says why.
dakiya::Next create_template(const Account& account, const dakiya::Turn& turn);

}  // namespace meta

#endif
