// dakiya/waba_message.hpp - the body of POST /{phone_number_id}/messages of the WhatsApp Cloud API.
// https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
#ifndef DAKIYA_WABA_MESSAGE_HPP
#define DAKIYA_WABA_MESSAGE_HPP

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dakiya/host.hpp"
#include "dakiya/json.hpp"
#include "dakiya/send.hpp"

namespace dakiya::waba {

namespace detail {

// A business-scoped user id ("US.1349…") instead of a number.
inline bool is_user_id(std::string_view address) { return address.size() > 3 && address[2] == '.'; }

// Line breaks, tabs and more than four spaces in a row are refused inside a template (error 132018).
inline std::string flat(const std::string& text) {
    std::string out;
    int spaces = 0;
    for (const char c : text) {
        const char plain = c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
        spaces = plain == ' ' ? spaces + 1 : 0;
        if (spaces <= 4) out += plain;
    }
    return out;
}

// The names between {{ and }}, in order, each once.
inline std::vector<std::string> variables(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t open = text.find("{{"); open != text.npos; open = text.find("{{", open + 2)) {
        const std::size_t close = text.find("}}", open);
        if (close == text.npos) break;
        std::string name;
        for (const char c : text.substr(open + 2, close - open - 2))
            if (c != ' ') name += c;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

inline bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

inline Json text_parameter(const std::string& text) { return {{"type", "text"}, {"text", flat(text)}}; }

// {"id"} or {"link"} with what else the kind may carry.
inline Json media_object(const Media& media) {
    if (media.handle.empty() && media.url.empty())
        throw Fault(DK_BAD_INPUT, "media must be uploaded before it is sent: it has no handle and no URL");
    Json object = media.handle.empty() ? Json{{"link", media.url}} : Json{{"id", media.handle}};
    if (!media.caption.empty() && media.type != "audio" && media.type != "sticker")
        object.set("caption", media.caption);
    if (!media.filename.empty() && media.type == "document") object.set("filename", media.filename);
    return object;
}

// type: "image", "video", "document".
inline Json header_media(const std::string& type, const Recipient& to) {
    Media media{type, to.param("header.url"), to.param("header.handle"), 0, {}, to.param("header.filename"),
                {}};
    return {{"type", type}, {type, media_object(media)}};
}

inline std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

inline Json body_parameters(const std::vector<std::string>& names, const Recipient& to) {
    Json parameters = Json::array();
    for (const std::string& name : names) {
        Json parameter = text_parameter(to.param(name));
        if (!is_number(name)) parameter.set("parameter_name", name);
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

// One "button" component, or null when the button takes no value.
inline Json button(const Json& listed, std::size_t index, const Template& in, const Recipient& to) {
    const std::string number = std::to_string(index), value = to.param("button." + number);
    const std::string type = listed.value("type", "");
    const auto component = [&](const char* sub_type, Json parameter) {
        return Json{{"type", "button"},
                    {"sub_type", sub_type},
                    {"index", number},
                    {"parameters", Json::array({std::move(parameter)})}};
    };
    const bool one_time_password = type == "OTP" || lower(in.category) == "authentication";
    if (one_time_password) return component("url", text_parameter(value.empty() ? to.param("1") : value));
    if (type == "URL" && listed.value("url", "").find("{{") != std::string::npos)
        return component("url", text_parameter(value));
    if (type == "COPY_CODE") return component("copy_code", {{"type", "coupon_code"}, {"coupon_code", value}});
    if (type == "QUICK_REPLY" && !value.empty())
        return component("quick_reply", {{"type", "payload"}, {"payload", value}});
    if (type == "FLOW")
        return component(
            "flow", {{"type", "action"}, {"action", Json{{"flow_token", value.empty() ? to.ref : value}}}});
    return nullptr;
}

inline Json header(const Json& listed, const Recipient& to) {
    const std::string format = lower(listed.value("format", "text"));
    if (format == "image" || format == "video" || format == "document") return header_media(format, to);
    const std::vector<std::string> names = variables(listed.value("text", ""));
    if (names.empty()) return nullptr;
    Json parameter = text_parameter(to.param("header"));
    if (!is_number(names.front())) parameter.set("parameter_name", names.front());
    return parameter;
}

// What a template's components take, as the provider listed them.
inline Json listed_components(const Template& in, const Recipient& to) {
    Json components = Json::array();
    for (const Json& listed : in.components) {
        const std::string type = listed.value("type", "");
        if (type == "HEADER") {
            Json parameter = header(listed, to);
            if (!parameter.is_null())
                components.push_back(
                    {{"type", "header"}, {"parameters", Json::array({std::move(parameter)})}});
        } else if (type == "BODY") {
            // The body of an authentication template is listed without its text.
            std::vector<std::string> names = variables(listed.value("text", ""));
            if (names.empty() && lower(in.category) == "authentication") names = {"1"};
            if (!names.empty())
                components.push_back({{"type", "body"}, {"parameters", body_parameters(names, to)}});
        } else if (type == "BUTTONS") {
            for (std::size_t i = 0; i < listed["buttons"].size(); ++i) {
                Json component = button(listed["buttons"].at(i), i, in, to);
                if (!component.is_null()) components.push_back(std::move(component));
            }
        }
    }
    return components;
}

// Without a listing the names of the values say what there is; a button is then taken for a URL suffix.
inline Json guessed_components(const Recipient& to) {
    Json components = Json::array();
    std::vector<std::string> names;
    for (const auto& [name, value] : to.params) {
        if (name.rfind("header", 0) == 0 || name.rfind("button.", 0) == 0) continue;
        names.push_back(name);
    }
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
        const bool numbers = is_number(a) && is_number(b);
        return numbers ? std::atoi(a.c_str()) < std::atoi(b.c_str()) : a < b;
    });
    if (to.params.count("header"))
        components.push_back(
            {{"type", "header"}, {"parameters", Json::array({text_parameter(to.param("header"))})}});
    else if (to.params.count("header.url") || to.params.count("header.handle"))
        components.push_back(
            {{"type", "header"},
             {"parameters",
              Json::array({header_media(to.params.count("header.filename") ? "document" : "image", to)})}});
    if (!names.empty()) components.push_back({{"type", "body"}, {"parameters", body_parameters(names, to)}});
    for (const auto& [name, value] : to.params)
        if (name.rfind("button.", 0) == 0)
            components.push_back({{"type", "button"},
                                  {"sub_type", "url"},
                                  {"index", name.substr(7)},
                                  {"parameters", Json::array({text_parameter(value)})}});
    return components;
}

inline Json template_object(const Template& in, const Recipient& to) {
    Json components = in.components.is_array() ? listed_components(in, to) : guessed_components(to);
    Json object{{"name", in.name}, {"language", Json{{"code", in.language}}}};
    if (!components.empty()) object.set("components", std::move(components));
    return object;
}

inline Json location_object(const Location& place) {
    Json object{{"latitude", place.latitude}, {"longitude", place.longitude}};
    if (!place.name.empty()) object.set("name", place.name);
    if (!place.address.empty()) object.set("address", place.address);
    return object;
}

// The type and the object of that name.
inline std::pair<std::string, Json> content(const Send& in, const Recipient& to) {
    if (in.kind == "text") {
        const std::string& text = in.text_for(to);
        const bool has_link = text.find("https://") != text.npos || text.find("http://") != text.npos;
        return {"text", Json{{"body", text}, {"preview_url", has_link}}};
    }
    if (in.kind == "template") return {"template", template_object(in.template_.value(), to)};
    if (in.kind == "media") return {in.media.value().type, media_object(*in.media)};
    if (in.kind == "interactive") return {"interactive", in.interactive};
    if (in.kind == "location") return {"location", location_object(in.location.value())};
    if (in.kind == "contacts") return {"contacts", in.contacts};
    if (in.kind == "reaction")
        return {"reaction",
                Json{{"message_id", in.reaction.value().message_id}, {"emoji", in.reaction->emoji}}};
    throw Fault(DK_BAD_INPUT, "WhatsApp has no message of the kind \"" + in.kind + "\"");
}

}  // namespace detail

// The whole body for one recipient. Our reference goes into biz_opaque_callback_data, which comes back in
// every status. Throws Fault when the send lacks what its kind needs.
inline Json build_message(const Send& in, const Recipient& to) {
    Json body{{"messaging_product", "whatsapp"}, {"recipient_type", "individual"}};
    body.set(detail::is_user_id(to.address) ? "recipient" : "to", to.address);
    auto [type, object] = detail::content(in, to);
    body.set("type", type);
    body.set(type, std::move(object));
    if (!in.reply_to.empty() && in.kind != "reaction") body.set("context", {{"message_id", in.reply_to}});
    if (!to.ref.empty()) body.set("biz_opaque_callback_data", to.ref);
    return body;
}

}  // namespace dakiya::waba

#endif
