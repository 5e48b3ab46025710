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

namespace detail {

// What stands before the separator, which is taken off too.
inline std::string_view next_part(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

// "{{1}} {{2}}"
inline std::string text_with(int values) {
    std::string text;
    for (int n = 1; n <= values; ++n)
        text.append(n == 1 ? "{{" : " {{").append(std::to_string(n)).append("}}");
    return text;
}

inline Json header_by_hand(std::string_view word) {
    Json header{{"type", "HEADER"}, {"format", word}};
    if (word == "text") header.set("text", "{{1}}");
    return header;
}

inline Json buttons_by_hand(std::string_view words) {
    Json buttons = Json::array();
    while (!words.empty()) {
        const bool link = next_part(words, ',') == "link";
        buttons.push_back(link ? Json{{"type", "URL"}, {"url", "{{1}}"}}
                               : Json{{"type", "QUICK_REPLY"}, {"payload", "{{1}}"}});
    }
    return {{"type", "BUTTONS"}, {"buttons", std::move(buttons)}};
}

}  // namespace detail

// "order_update:en:2:image:link,reply": name and language; how many values the text takes; the header that
// takes something: text, image, video, document, or none; and in their order the buttons that do: link (the
// end of an address), reply (what a tap brings back). Whatever follows the language may be left out. The
// text itself nobody tells. reason: why its state is taken for good. The form, and what of it the provider
// can send, is the setting's `pattern` to check.
inline Json template_by_hand(std::string_view entry, const char* reason) {
    const std::string_view name = detail::next_part(entry, ':'), language = detail::next_part(entry, ':');
    const std::string_view values = detail::next_part(entry, ':'), header = detail::next_part(entry, ':');
    int count = 0;
    std::from_chars(values.data(), values.data() + values.size(), count);
    Json record{{"name", name},
                {"language", template_language(std::string(language))},
                {"status", "approved"},
                {"reason", reason}};
    Json components = Json::array();
    if (!header.empty() && header != "none") components.push_back(detail::header_by_hand(header));
    if (count > 0) components.push_back(Json{{"type", "BODY"}, {"text", detail::text_with(count)}});
    if (!entry.empty()) components.push_back(detail::buttons_by_hand(entry));
    if (components.empty()) return record;
    Json variables = Json::array();
    detail::add_variables(variables, components, false, {});
    record.set("components", std::move(components));
    record.set("variables", std::move(variables));
    return record;
}

}  // namespace dakiya::waba

#endif
