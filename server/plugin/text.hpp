// Text that comes out of a plugin.
#pragma once

#include <string>
#include <string_view>

namespace dakiya::plugin {

// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);

// For a log line or a sentence: control characters and what is not ASCII in broken UTF-8 become '?', and
// what is longer than `most` bytes is cut.
std::string printable(std::string_view text, std::size_t most = 300);

}  // namespace dakiya::plugin
