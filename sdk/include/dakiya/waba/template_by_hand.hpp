// dakiya/waba/template_by_hand.hpp - a template that a person writes down, since the provider lists none.
#ifndef DAKIYA_WABA_TEMPLATE_BY_HAND_HPP
#define DAKIYA_WABA_TEMPLATE_BY_HAND_HPP

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "dakiya/json.hpp"
#include "dakiya/waba/template_list.hpp"

namespace dakiya::waba {

// "order_update:en:2": name, language and how many values its text takes (none when left out). The text
// itself nobody tells. reason: why its state is taken for good. The form is the setting's `pattern` to check.
inline Json template_by_hand(std::string_view entry, const char* reason) {
    const std::size_t colon = entry.find(':');
    const std::string_view name = entry.substr(0, colon), rest = entry.substr(colon + 1);
    const std::size_t end = std::min(rest.find(':'), rest.size());
    int count = 0;
    if (end < rest.size()) std::from_chars(rest.data() + end + 1, rest.data() + rest.size(), count);
    Json record{{"name", name},
                {"language", template_language(std::string(rest.substr(0, end)))},
                {"status", "approved"},
                {"reason", reason}};
    if (count == 0) return record;
    std::string text;
    Json values = Json::array();
    for (int n = 1; n <= count; ++n) {
        const std::string value = std::to_string(n);
        text.append(n == 1 ? "{{" : " {{").append(value).append("}}");
        values.push_back(value);
    }
    record.set("components", Json::array({Json{{"type", "BODY"}, {"text", text}}}));
    record.set("variables", std::move(values));
    return record;
}

}  // namespace dakiya::waba

#endif
