#include "whatsapp.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "dakiya/text.hpp"
#include "sms.hpp"

namespace msg91 {

using dakiya::characters;
using dakiya::Error;
using dakiya::Http;
using dakiya::Json;
using dakiya::lower;
using dakiya::Media;
using dakiya::Recipient;
using dakiya::Send;
using dakiya::starts_with;

namespace {

// Characters (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).
constexpr std::size_t longest_text = 4096, longest_caption = 1024;

constexpr std::string_view body_prefix = "body_", button_prefix = "button.";

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == text.npos;
}

// The listed component of that type, or null.
const Json& component(const Json& components, std::string_view type) {
    static const Json none;
    if (!components.is_array()) return none;
    for (const Json& one : components)
        if (one["type"].is_string() && lower(one["type"].text()) == type) return one;
    return none;
}

// "image", "video" or "document": as listed, else guessed from what is given.
std::string header_type(const Send& in, const Recipient& to) {
    const Json& format = component(in.template_->components, "header")["format"];
    if (format.is_string()) return lower(format.text());
    return to.params.count("header.filename") ? "document" : "image";
}

// Of the button with that index, in small letters; empty when the template was not listed.
std::string button_type(const Send& in, std::size_t index) {
    const Json& buttons = component(in.template_->components, "buttons")["buttons"];
    if (!buttons.is_array() || index >= buttons.size()) return {};
    const Json& type = buttons.at(index)["type"];
    return type.is_string() ? lower(type.text()) : std::string();
}

std::optional<Error> variable_obstacle(const Send& in, const std::string& name, const std::string& value) {
    if (value.empty())
        return Error{"content", "empty_variable",
                     "the variable \"" + name + "\" is empty, which WhatsApp refuses"};
    if (is_number(name) || name == "header" || name == "header.url" || name == "header.filename")
        return std::nullopt;
    if (name == "header.handle")
        return Error{"content", "no_uploads", "MSG91 takes the file of a header by its web address only"};
    if (!starts_with(name, button_prefix))
        return Error{"template", "named_variable",
                     "MSG91 knows the variables of WhatsApp templates by number only, not \"" + name +
                         "\"; make the template with {{1}}, {{2}}, …"};
    const std::string_view index = std::string_view(name).substr(button_prefix.size());
    if (!is_number(index)) return Error{"template", "bad_variable", "\"" + name + "\" is not a variable"};
    const std::string type = button_type(in, static_cast<std::size_t>(std::atoi(index.data())));
    if (type.empty() || type == "url" || type == "otp") return std::nullopt;
    return Error{"template", "button_value",
                 "MSG91 takes a value for buttons with a web address only, not for " + type + " buttons"};
}

std::optional<Error> media_obstacle(const Media& media) {
    if (media.type != "image" && media.type != "document")
        return Error{"content", "media_type",
                     "MSG91 sends images and documents on WhatsApp, no " + media.type + " messages"};
    if (media.url.empty())
        return Error{"content", "no_uploads", "MSG91 takes files by a public web address only"};
    if (characters(media.caption) > longest_caption)
        return Error{"content", "caption_too_long", "WhatsApp takes captions of at most 1024 characters"};
    return std::nullopt;
}

// Numbered members, not the arrays of the Cloud API: body_1, header_1, button_1.
Json template_components(const Send& in, const Recipient& to) {
    Json out = Json::object();
    const bool code = to.params.size() == 1 && lower(in.template_->category) == "authentication";
    for (const auto& [name, value] : to.params) {
        if (is_number(name)) {
            out.set(std::string(body_prefix) + name, {{"type", "text"}, {"value", value}});
        } else if (name == "header") {
            out.set("header_1", {{"type", "text"}, {"value", value}});
        } else if (name == "header.url") {
            Json header{{"type", header_type(in, to)}, {"value", value}};
            if (const std::string file = to.param("header.filename"); !file.empty())
                header.set("filename", file);
            out.set("header_1", std::move(header));
        } else if (starts_with(name, button_prefix)) {
            const int index = std::atoi(name.c_str() + button_prefix.size());
            out.set("button_" + std::to_string(index + 1),
                    {{"subtype", "url"}, {"type", "text"}, {"value", value}});
        }
    }
    // The button of an authentication template copies the code of its body.
    if (code && to.params.count("1"))
        out.set("button_1", {{"subtype", "url"}, {"type", "text"}, {"value", to.param("1")}});
    return out;
}

Json template_payload(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    Json people = Json::array();
    people.items().reserve(to.size());
    for (const Recipient* one : to)
        people.push_back(
            {{"to", Json::array({one->address.substr(1)})}, {"components", template_components(in, *one)}});
    Json content{{"name", in.template_->name},
                 {"language", Json{{"code", in.template_->language}, {"policy", "deterministic"}}}};
    if (!account.name_space.empty()) content.set("namespace", account.name_space);
    content.set("to_and_components", std::move(people));
    return {{"messaging_product", "whatsapp"}, {"type", "template"}, {"template", std::move(content)}};
}

Json location_payload(const dakiya::Location& place) {
    return {{"type", "location"},
            {"location", Json{{"longitude", place.longitude},
                              {"latitude", place.latitude},
                              {"name", place.name},
                              {"address", place.address}}}};
}

Json media_payload(const Media& media) {
    Json file{{"link", media.url}};
    if (!media.caption.empty()) file.set("caption", media.caption);
    if (!media.filename.empty() && media.type == "document") file.set("filename", media.filename);
    return {{"type", media.type}, {media.type, std::move(file)}};
}

// Adds what is said to the envelope of a free-form message.
void add_content(Json& body, const Send& in, const Recipient& to) {
    body.set("content_type", in.kind == "media" ? in.media->type : in.kind);
    body.set("recipient_number", to.address.substr(1));
    if (in.kind == "text") body.set("text", in.text_for(to));
    if (in.kind == "media") body.set("payload", media_payload(*in.media));
    if (in.kind == "location") body.set("payload", location_payload(*in.location));
    if (in.kind == "contacts") body.set("payload", {{"type", "contacts"}, {"contacts", in.contacts}});
    if (in.kind == "interactive")
        body.set("payload", {{"type", "interactive"}, {"interactive", in.interactive}});
}

// The connection's number unless the message names another of the account.
std::string from_number(const Account& account, const Send& in) {
    return in.from.empty() ? account.number : digits_of(in.from).value_or(in.from);
}

}  // namespace

std::optional<Error> whatsapp_obstacle(const Account& account, const Send& in) {
    if (from_number(account, in).empty())
        return Error{"config", "no_number",
                     "this connection has no WhatsApp business number: enter it in the settings"};
    if (in.kind == "reaction")
        return Error{"content", "no_reactions", "MSG91 sends no reactions on WhatsApp"};
    if (in.kind == "media") return media_obstacle(*in.media);
    if (in.kind == "template" && is_sms_template_id(in.template_->id))
        return Error{"template", "not_a_whatsapp_template",
                     "\"" + in.template_->name + "\" is an SMS template; choose a WhatsApp template"};
    return std::nullopt;
}

std::optional<Error> whatsapp_obstacle(const Send& in, const Recipient& to) {
    if (!digits_of(to.address))
        return Error{"recipient", "bad_number",
                     "WhatsApp over MSG91 needs an international number such as +919812345678"};
    if (in.kind == "text") {
        const std::string& text = in.text_for(to);
        if (text.empty()) return Error{"content", "empty_text", "the text is empty"};
        if (characters(text) > longest_text)
            return Error{"content", "text_too_long", "WhatsApp takes texts of at most 4096 characters"};
    }
    if (in.kind == "template")
        for (const auto& [name, value] : to.params)
            if (auto obstacle = variable_obstacle(in, name, value)) return obstacle;
    return std::nullopt;
}

Http whatsapp_request(const Account& account, const Send& in, const std::vector<const Recipient*>& to) {
    Json body{{"integrated_number", from_number(account, in)}};
    if (to.size() == 1 && !to[0]->ref.empty()) body.set("CRQID", to[0]->ref);
    const bool bulk = in.kind == "template";
    if (bulk) {
        body.set("content_type", "template");
        body.set("payload", template_payload(account, in, to));
    } else {
        add_content(body, in, *to.at(0));
    }
    Http http = account.post(bulk ? "/whatsapp/whatsapp-outbound-message/bulk/"
                                  : "/whatsapp/whatsapp-outbound-message/");
    http.json(body);
    return http;
}

}  // namespace msg91
