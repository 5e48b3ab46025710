// dakiya/waba/interactive.hpp - limits of interactive messages; the JSON itself is already in Meta's shape.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages
#ifndef DAKIYA_WABA_INTERACTIVE_HPP
#define DAKIYA_WABA_INTERACTIVE_HPP

#include <set>
#include <string>

#include "dakiya/json.hpp"
#include "dakiya/waba/limits.hpp"

namespace dakiya::waba {

namespace detail {

inline void check_interactive_header(const Json& header, bool text_only) {
    if (header.is_null()) return;
    const std::string type = header.value("type", "");
    if (type == "text") return from_one_to(60, header.value("text", ""), "the header");
    if (text_only) throw Refused("the header of a list must be text");
    if (type != "image" && type != "video" && type != "document")
        throw Refused("the header must be text, image, video or document");
    if (header[type].value("id", "").empty() && header[type].value("link", "").empty())
        throw Refused("the " + type + " of the header needs \"id\" or \"link\"");
}

inline void check_reply_buttons(const Json& buttons) {
    if (buttons.size() < 1 || buttons.size() > 3)
        throw Refused("there are " + std::to_string(buttons.size()) + " buttons; WhatsApp allows 1 to 3");
    std::set<std::string> titles;
    for (const Json& button : buttons) {
        const std::string title = button["reply"].value("title", "");
        from_one_to(20, title, "a button's title");
        from_one_to(256, button["reply"].value("id", ""), "a button's id");
        if (!titles.insert(title).second) throw Refused("two buttons have the title \"" + title + "\"");
    }
}

inline void check_list(const Json& action) {
    from_one_to(20, action.value("button", ""), "the list's button");
    const Json& sections = action["sections"];
    if (sections.size() < 1 || sections.size() > 10)
        throw Refused("the list has " + std::to_string(sections.size()) +
                      " sections; WhatsApp allows 1 to 10");
    std::size_t rows = 0;
    for (const Json& section : sections) {
        const std::string title = section.value("title", "");
        if (sections.size() > 1 && title.empty())
            throw Refused("every section needs a title when the list has more than one");
        at_most(24, title, "a section's title");
        for (const Json& row : section["rows"]) {
            from_one_to(200, row.value("id", ""), "a row's id");
            from_one_to(24, row.value("title", ""), "a row's title");
            at_most(72, row.value("description", ""), "a row's description");
            ++rows;
        }
    }
    if (rows < 1 || rows > 10)
        throw Refused("the list has " + std::to_string(rows) + " rows in all; WhatsApp allows 1 to 10");
}

inline void check_link_button(const Json& parameters) {
    from_one_to(20, parameters.value("display_text", ""), "the button's text");
    const std::string url = parameters.value("url", "");
    if (url.rfind("https://", 0) != 0 && url.rfind("http://", 0) != 0)
        throw Refused("the button's address must begin with https:// or http://");
}

inline void check_carousel(const Json& cards) {
    if (cards.size() < 2 || cards.size() > 10)
        throw Refused("the carousel has " + std::to_string(cards.size()) + " cards; WhatsApp allows 2 to 10");
    for (const Json& card : cards) at_most(160, card["body"].value("text", ""), "a card's text");
}

}  // namespace detail

// Throws Refused. Kinds whose rules live in a catalogue or a flow (product, flow, order_details, …) are
// left to Meta.
inline void check_interactive(const Json& message) {
    const std::string type = message.value("type", "");
    if (type.empty()) throw Refused("\"interactive\" needs a \"type\"");
    const Json& action = message["action"];
    const std::string body = message["body"].value("text", "");
    at_most(60, message["footer"].value("text", ""), "the footer");

    if (type == "button" || type == "list" || type == "cta_url" || type == "location_request_message")
        from_one_to(type == "list" ? 4096 : 1024, body, "the text");
    if (type == "button" || type == "list" || type == "cta_url")
        detail::check_interactive_header(message["header"], type == "list");
    if (type == "button") detail::check_reply_buttons(action["buttons"]);
    if (type == "list") detail::check_list(action);
    if (type == "cta_url") detail::check_link_button(action["parameters"]);
    if (type == "carousel") detail::check_carousel(action["cards"]);
}

}  // namespace dakiya::waba

#endif
