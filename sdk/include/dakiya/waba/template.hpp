// dakiya/waba/template.hpp - the `template` object of a message: the components as Meta listed them, filled
// with one person's values.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
//
// Values are looked up by name: "1", "2" … or the variable's own name (body), "header", "header.url",
// "header.handle", "header.filename", "header.latitude" …, "button.0" (URL suffix, payload, coupon or flow
// token), "offer.expires_ms"; those of a carousel's card have "card.0." in front.
#ifndef DAKIYA_WABA_TEMPLATE_HPP
#define DAKIYA_WABA_TEMPLATE_HPP

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dakiya/json.hpp"
#include "dakiya/send.hpp"
#include "dakiya/waba/limits.hpp"

namespace dakiya::waba {

// The names between {{ and }}, in order, each once. They are views of the text.
inline std::vector<std::string_view> variables_of(std::string_view text) {
    std::vector<std::string_view> names;
    for (std::size_t open = text.find("{{"); open != text.npos; open = text.find("{{", open)) {
        open += 2;
        const std::size_t close = text.find("}}", open);
        if (close == text.npos) break;
        std::string_view name = text.substr(open, close - open);
        while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
        while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        open = close + 2;
    }
    if (std::all_of(names.begin(), names.end(),
                    is_digits))  // {{2}} may stand before {{1}}: their number counts
        std::sort(names.begin(), names.end(), [](std::string_view a, std::string_view b) {
            return a.size() != b.size() ? a.size() < b.size() : a < b;
        });
    return names;
}

// Error 132018: a value with a line break, a tab or more than four spaces in a row is refused.
inline std::string flatten(const std::string& value) {
    const auto is_break = [](char c) { return c == '\n' || c == '\r' || c == '\t'; };
    if (std::none_of(value.begin(), value.end(), is_break) && value.find("     ") == value.npos) return value;
    std::string flat;
    std::size_t spaces = 0;
    for (const char c : value) {
        const bool space = c == ' ' || is_break(c);
        spaces = space ? spaces + 1 : 0;
        if (spaces <= 4) flat += space ? ' ' : c;
    }
    return flat;
}

namespace detail {

// One person's values, below a prefix ("card.0." in a carousel).
class Values {
public:
    explicit Values(const Recipient& person, std::string prefix = {})
        : person_(person), prefix_(std::move(prefix)) {}

    // Null when there is none or it is empty: Meta refuses empty values.
    const std::string* find(std::string_view name) const {
        const auto found = person_.params.find(prefix_ + std::string(name));
        return found == person_.params.end() || found->second.empty() ? nullptr : &found->second;
    }
    std::string need(std::string_view name) const {
        if (const std::string* value = find(name)) return flatten(*value);
        throw Refused("the template needs a value for \"" + prefix_ + std::string(name) + "\"", "template");
    }
    Values card(std::size_t index) const { return Values(person_, "card." + std::to_string(index) + "."); }
    const std::map<std::string, std::string>& all() const { return person_.params; }

private:
    const Recipient& person_;
    std::string prefix_;
};

// {"type": type, type: value}
inline Json parameter(std::string_view type, Json value) {
    Json out = Json::object();
    out.set("type", type);
    out.set(type, std::move(value));
    return out;
}

inline Json component(std::string_view type, Json parameters) {
    Json out = Json::object();
    out.set("type", type);
    out.set("parameters", std::move(parameters));
    return out;
}

inline Json one(Json item) {
    Json list = Json::array();
    list.push_back(std::move(item));
    return list;
}

// Named parameters carry their name, positional ones must not.
inline Json text_parameter(std::string_view name, std::string value) {
    Json out = parameter("text", std::move(value));
    if (!is_digits(name)) out.set("parameter_name", name);
    return out;
}

inline Json media_header(const std::string& type, const Values& values) {
    Json media = Json::object();
    if (const std::string* handle = values.find("header.handle"))
        media.set("id", *handle);
    else if (const std::string* url = values.find("header.url"))
        media.set("link", *url);
    else
        throw Refused("the template's header needs " + std::string(type == "image" ? "an " : "a ") + type +
                          ": give \"header.url\" or \"header.handle\"",
                      "template");
    if (const Json* link = media.find("link"); link && link->text().rfind("https://", 0) != 0)
        throw Refused("\"header.url\" must begin with https://");
    if (type == "document")
        if (const std::string* name = values.find("header.filename")) media.set("filename", *name);
    return component("header", one(parameter(type, std::move(media))));
}

inline Json location_header(const Values& values) {
    Json place = Json::object();
    for (const char* field : {"latitude", "longitude", "name", "address"})
        place.set(field, values.need(std::string("header.") + field));
    return component("header", one(parameter("location", std::move(place))));
}

// A header without variables must be left out: sending it is an error (132000, 132018).
inline void add_header(Json& components, const Json& listed, const Values& values) {
    const std::string format = lower(listed.value("format", "TEXT"));
    if (format == "location") return components.push_back(location_header(values));
    if (format != "text") return components.push_back(media_header(format, values));
    const auto names = variables_of(text_of(listed, "text"));
    if (names.empty()) return;
    components.push_back(component("header", one(text_parameter(names.front(), values.need("header")))));
}

// The body of an authentication template may be listed without its text.
inline void add_body(Json& components, const Json& listed, const Values& values, bool authentication) {
    const std::string_view text = text_of(listed, "text");
    Json parameters = Json::array();
    for (const std::string_view name : variables_of(text.empty() && authentication ? "{{1}}" : text))
        parameters.push_back(text_parameter(name, values.need(name)));
    if (!parameters.empty()) components.push_back(component("body", std::move(parameters)));
}

inline void add_button(Json& components, const char* sub_type, std::size_t index, Json filled) {
    Json button = Json::object();
    button.set("type", "button");
    button.set("sub_type", sub_type);
    button.set("index", std::to_string(index));  // among all buttons, also those without a variable
    button.set("parameters", one(std::move(filled)));
    components.push_back(std::move(button));
}

// The code of an authentication template is given twice: in the body and on its button.
inline std::string code(const Values& values) {
    const std::string code = values.need("1");
    from_one_to(15, code, "the code");
    return code;
}

inline void add_buttons(Json& components, const Json& buttons, const Values& values, bool authentication) {
    for (std::size_t i = 0; i < buttons.size(); ++i) {
        const Json& button = buttons.at(i);
        const std::string_view type = text_of(button, "type");
        const std::string name = "button." + std::to_string(i);
        if (type == "OTP" || (type == "URL" && authentication)) {  // created as OTP, listed as URL
            add_button(components, "url", i, parameter("text", code(values)));
        } else if (type == "URL") {
            if (!variables_of(text_of(button, "url")).empty())
                add_button(components, "url", i, parameter("text", values.need(name)));
        } else if (type == "COPY_CODE") {
            add_button(components, "copy_code", i, parameter("coupon_code", values.need(name)));
        } else if (type == "QUICK_REPLY") {
            if (const std::string* payload = values.find(name))
                add_button(components, "quick_reply", i, parameter("payload", *payload));
        } else if (type == "FLOW") {
            if (const std::string* token = values.find(name))
                add_button(components, "flow", i, parameter("action", Json{{"flow_token", *token}}));
        } else if (type == "MPM") {
            throw Refused("templates with a multi-product button cannot be sent: they need a product list",
                          "template");
        }  // the others (PHONE_NUMBER, CATALOG, VOICE_CALL …) have nothing to fill in
    }
}

inline Json fill(const Json& listed, const Values& values, bool authentication);

inline void add_carousel(Json& components, const Json& cards, const Values& values, bool authentication) {
    Json filled = Json::array();
    for (std::size_t i = 0; i < cards.size(); ++i) {
        Json card = Json::object();
        card.set("card_index", i);
        card.set("components", fill(cards.at(i)["components"], values.card(i), authentication));
        filled.push_back(std::move(card));
    }
    Json carousel = Json::object();
    carousel.set("type", "carousel");
    carousel.set("cards", std::move(filled));
    components.push_back(std::move(carousel));
}

inline void add_offer(Json& components, const Values& values) {
    const std::string expires = values.need("offer.expires_ms");
    if (!is_digits(expires) || expires.size() > 18)
        throw Refused("\"offer.expires_ms\" must be a Unix time in milliseconds", "template");
    Json offer{{"expiration_time_ms", std::strtoll(expires.c_str(), nullptr, 10)}};
    components.push_back(
        component("limited_time_offer", one(parameter("limited_time_offer", std::move(offer)))));
}

inline Json fill(const Json& listed, const Values& values, bool authentication) {
    Json components = Json::array();
    for (const Json& part : listed) {
        const std::string_view type = text_of(part, "type");
        if (type == "HEADER") add_header(components, part, values);
        if (type == "BODY") add_body(components, part, values, authentication);
        if (type == "LIMITED_TIME_OFFER") add_offer(components, values);
        if (type == "CAROUSEL") add_carousel(components, part["cards"], values, authentication);
        if (type == "BUTTONS") add_buttons(components, part["buttons"], values, authentication);
    }
    return components;
}

inline std::string guess_media(const Values& values) {
    if (values.find("header.filename")) return "document";
    const std::string* url = values.find("header.url");
    const std::string path = url ? lower(url->substr(0, url->find_first_of("?#"))) : std::string();
    const auto ends = [&](std::string_view end) {
        return path.size() >= end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
    };
    if (ends(".mp4") || ends(".3gp")) return "video";
    return ends(".pdf") ? "document" : "image";
}

// A template that was never synced: what the values are called tells what it must look like. Numbers fill
// the body in order, other plain names are named variables, and buttons are taken for links.
inline Json guess(const Values& values, bool authentication) {
    Json components = Json::array();
    if (values.find("header.url") || values.find("header.handle"))
        components.push_back(media_header(guess_media(values), values));
    else if (values.find("header"))
        components.push_back(component("header", one(parameter("text", values.need("header")))));

    Json body = Json::array();
    for (std::size_t i = 1; values.find(std::to_string(i)); ++i)
        body.push_back(parameter("text", values.need(std::to_string(i))));
    for (const auto& [name, value] : values.all())
        if (!is_digits(name) && name != "header" && name.find('.') == name.npos)
            body.push_back(text_parameter(name, values.need(name)));
    if (!body.empty()) components.push_back(component("body", std::move(body)));

    if (authentication) add_button(components, "url", 0, parameter("text", code(values)));
    for (std::size_t i = 0; i < 10 && !authentication; ++i)
        if (const std::string name = "button." + std::to_string(i); values.find(name))
            add_button(components, "url", i, parameter("text", values.need(name)));
    return components;
}

}  // namespace detail

// Throws Refused when a value is missing or too long.
inline Json build_template(const Template& wanted, const Recipient& person) {
    if (wanted.name.empty()) throw Refused("the template has no name", "template");
    if (wanted.language.empty()) throw Refused("the template has no language", "template");
    std::string language = wanted.language;
    std::replace(language.begin(), language.end(), '-', '_');  // webhooks spell en-US, calls want en_US
    const bool authentication = lower(wanted.category) == "authentication";
    const detail::Values values(person);

    Json out = Json::object();
    out.set("name", wanted.name);
    out.set("language", Json{{"code", std::move(language)}});
    Json components = wanted.components.is_array() ? detail::fill(wanted.components, values, authentication)
                                                   : detail::guess(values, authentication);
    if (!components.empty()) out.set("components", std::move(components));
    return out;
}

}  // namespace dakiya::waba

#endif
