// What several files do with texts.
#ifndef DAKIYA_TWILIO_TEXT_HPP
#define DAKIYA_TWILIO_TEXT_HPP

#include <string>
#include <string_view>
#include <vector>

#include "dakiya/text.hpp"

namespace twilio {

// The names between {{ and }}, in order. https://www.twilio.com/docs/content/using-variables-with-content-api
inline std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> names;
    while (true) {
        const std::size_t open = text.find("{{");
        const std::size_t close = open == text.npos ? text.npos : text.find("}}", open + 2);
        if (close == text.npos) return names;
        std::string_view name = text.substr(open + 2, close - open - 2);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        names.emplace_back(name);
        text.remove_prefix(close + 2);
    }
}

}  // namespace twilio

#endif
