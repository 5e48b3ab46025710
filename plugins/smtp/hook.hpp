// What the mail server pipes to us: delivery reports (RFC 3464), complaints (RFC 5965), requests to
// unsubscribe, answers. And clicks on the links of unsubscribe.hpp.
#ifndef DAKIYA_SMTP_HOOK_HPP
#define DAKIYA_SMTP_HOOK_HPP

#include <vector>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace smtp {

std::vector<dakiya::Event> read_hook(const Account& account, const dakiya::Inbound& in);

}  // namespace smtp

#endif
