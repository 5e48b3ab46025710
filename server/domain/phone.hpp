// Phone numbers, by libphonenumber. [any thread]
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace dakiya::domain {

// "+919812345678" from what people write: spaces, dashes, brackets, 00 for +, full-width digits, and
// national numbers of default_country ("IN"; empty: only international numbers are taken). A number that
// cannot exist is refused with Code::invalid and a sentence; `field` is empty, for the caller to set.
Result<std::string> to_e164(std::string_view text, std::string_view default_country);

// "IN" for "+919812345678"; empty when it is no number or belongs to no country (+800, satellites).
std::string country_of(std::string_view e164);

}  // namespace dakiya::domain
