// Regular expressions that come from plugins and run over text that comes from tenants. POSIX extended
// expressions without back references: the C library matches them in time linear in the text, where
// std::regex goes exponential on (a+)+ and recurses per character.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace dakiya::plugin {

inline constexpr std::size_t max_pattern = 200;    // bytes of an expression
inline constexpr std::size_t max_matched = 1'000;  // bytes of text that is matched

// Whether the expression can be used; the text says what is wrong with it.
Result<void> check_pattern(std::string_view pattern);

// True when the pattern is found in the text. False too for longer texts than max_matched, text with a NUL,
// and patterns that check_pattern refuses.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace dakiya::plugin
