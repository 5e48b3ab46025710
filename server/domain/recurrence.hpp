// Repeated times: a subset of the RRULE of RFC 5545 (https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10),
// reckoned by libical on the wall clock, so that ten o'clock stays ten o'clock when clocks are put forward.
// [any thread]
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace dakiya::domain {

inline constexpr std::size_t longest_rule = 200;

// FREQ=DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY, BYMONTHDAY and COUNT or UNTIL (a local date or time).
// Anything else is refused by name; `field` is empty.
Result<void> check_rule(std::string_view rule);

// The first `most` occurrences, as wall times, at `from` or later. The rule was checked; `start` is the first
// occurrence that it may have. Empty when the rule has ended.
std::vector<std::int64_t> occurrences(std::string_view rule, std::int64_t start, std::int64_t from,
                                      std::size_t most);

}  // namespace dakiya::domain
