// UTF-8 text. Views stay views: nothing here copies unless it says so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dakiya {

// Takes the first code point off `rest`. Nothing when `rest` is empty or does not start with valid UTF-8
// (overlong forms, surrogates and values above U+10FFFF are not valid); then `rest` is left as it is.
std::optional<char32_t> take_code_point(std::string_view& rest);

void append_utf8(std::string& text, char32_t code_point);

bool valid_utf8(std::string_view text);

// Number of code points; a byte that is not part of valid UTF-8 counts as one.
std::size_t utf8_length(std::string_view text);

// The longest beginning of at most `max_bytes` bytes that does not cut a code point in two.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);

// Without ASCII white space (space, tab, CR, LF, VT, FF) at both ends.
std::string_view trim(std::string_view text);

// A copy with A-Z as a-z; other bytes stay as they are.
std::string lower_ascii(std::string_view text);

}  // namespace dakiya
