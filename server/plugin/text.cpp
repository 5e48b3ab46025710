#include "plugin/text.hpp"

#include <cstdint>
#include <cstring>

namespace dakiya::plugin {
namespace {

// Length of the well-formed sequence that starts the text, which is not ASCII; 0 when there is none.
std::size_t sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    const std::uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < least || byte(1) > most) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    return size;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        std::uint64_t eight = 0;
        if (text.size() >= sizeof eight) {  // most text is ASCII: eight bytes at a time
            std::memcpy(&eight, text.data(), sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                text.remove_prefix(sizeof eight);
                continue;
            }
        }
        const std::size_t size = static_cast<signed char>(text.front()) >= 0 ? 1 : sequence(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::string printable(std::string_view text, std::size_t most) {
    const bool cut = text.size() > most;
    std::string result(text.substr(0, most));
    while (cut && !result.empty() && (result.back() & 0x80)) result.pop_back();  // not half a character
    const bool sound = is_utf8(result);
    for (char& c : result)
        if ((c >= 0 && c < ' ') || c == 0x7F || (c < 0 && !sound)) c = '?';
    return cut ? result + "…" : result;
}

}  // namespace dakiya::plugin
