// dakiya/text.hpp - small changes to texts. Letters are those of ASCII.
#ifndef DAKIYA_TEXT_HPP
#define DAKIYA_TEXT_HPP

#include <algorithm>
#include <string>
#include <string_view>

namespace dakiya {

inline std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

inline std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    return text;
}

inline bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

// At least one character, and each of them 0 to 9.
inline bool is_digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Without blanks and line ends around it, or without other `marks`. Borrowed from `text`.
inline std::string_view trimmed(std::string_view text, std::string_view marks = " \t\r\n") {
    const std::size_t first = text.find_first_not_of(marks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(marks) - first + 1);
}

// A key as a person pasted it, without the blanks and quotes around it: providers refuse those without a
// word about it.
inline std::string without_wrapping(std::string_view pasted) {
    return std::string(trimmed(pasted, " \t\r\n\"'"));
}

// Characters, not bytes: what providers' limits count.
inline std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// A provider's words, cut between two characters to `longest` bytes.
inline std::string shortened(std::string utf8, std::size_t longest = 500) {
    if (utf8.size() <= longest) return utf8;
    while (longest > 0 && (utf8[longest] & 0xC0) == 0x80) --longest;
    utf8.resize(longest);
    return utf8;
}

}  // namespace dakiya

#endif
