// Operations that ended in class `auth`: they are run once more with another credential (docs/design.md 6.8).
#pragma once

#include <string_view>
#include <vector>

#include "plugin/provider.hpp"
#include "send/credentials.hpp"

namespace dakiya::send {

// The last turn of a send that fails everybody with class `auth`, or of another operation whose `account`
// record has that class.
bool unauthorized(std::string_view op, std::size_t recipients, const std::vector<plugin::Record>& records);

// Puts the reason of the failed login where class `auth` stood.
void explain(std::vector<plugin::Record>& records, const NoCredential& why);

}  // namespace dakiya::send
