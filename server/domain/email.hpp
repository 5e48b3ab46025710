// E-mail addresses: plausible and in one spelling. Whether one exists only a delivery can tell.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace dakiya::domain {

// "Asha.K@example.com" from " Asha.K@EXAMPLE.com ": trimmed, the domain in lower case, the local part as it
// is (RFC 5321 2.4 makes its case the receiver's business). Code::invalid with a sentence when it cannot be
// an address; `field` is empty, for the caller to set. At most 190 bytes, the width of our columns.
// Not taken: quoted local parts, comments, address literals; international domains come as xn--.
Result<std::string> to_email(std::string_view text);

}  // namespace dakiya::domain
