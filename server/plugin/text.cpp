#include "plugin/text.hpp"

#include "dakiya/utf8.hpp"

namespace dakiya::plugin {

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
