// Callbacks: what happened to messages, and what people wrote. Their shape is the customer's; several are
// read.
#ifndef DAKIYA_KALEYRA_EVENTS_HPP
#define DAKIYA_KALEYRA_EVENTS_HPP

#include <optional>
#include <string>
#include <vector>

#include "account.hpp"

namespace kaleyra {

// Besides the secret in the address: the user name and password, or the header, of the callback profile, when
// they are filled in. Kaleyra signs nothing. Throws Fault (REJECTED).
void require_credentials(const Account& account, const dakiya::Inbound& in);

std::vector<dakiya::Event> parse_events(const dakiya::Inbound& in);

// "Delivered", "not-sent", "DELIVRD" …, in any case and with any separators.
std::optional<dakiya::Status> status_of(const std::string& theirs);

}  // namespace kaleyra

#endif
