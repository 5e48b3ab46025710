// Text that comes out of a plugin.
#pragma once

#include <string>
#include <string_view>

namespace dakiya::plugin {

// For a log line or a sentence: control characters and what is not ASCII in broken UTF-8 become '?', and
// what is longer than `most` bytes is cut.
std::string printable(std::string_view text, std::size_t most = 300);

}  // namespace dakiya::plugin
