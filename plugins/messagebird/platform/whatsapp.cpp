#include "common.hpp"
#include "dakiya/waba.hpp"
#include "platform/message.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

const std::string& https(const std::string& url) {
    if (url.rfind("https://", 0) != 0)
        throw Refused("Bird fetches files from a public https address, and this file has none");
    return url;
}

void check_mime(const Media& media) {
    struct Allowed {
        std::string_view type, mimes;
    };
    static constexpr Allowed allowed[] = {{"image", " image/jpeg image/png "},
                                          {"video", " video/mp4 "},
                                          {"sticker", " image/webp "},
                                          {"audio", ""},
                                          {"document", ""}};
    const std::string mime = media.mime.substr(0, media.mime.find(';'));
    for (const Allowed& one : allowed) {
        if (one.type != media.type) continue;
        if (mime.empty() || one.mimes.empty() || one.mimes.find(" " + mime + " ") != one.mimes.npos) return;
        throw Refused("Bird does not take " + mime + " as " + media.type + "; it takes" +
                      std::string(one.mimes.substr(0, one.mimes.size() - 1)));
    }
    throw Refused("WhatsApp has no media of the type \"" + media.type + "\"");
}

Json media(const Media& media) {
    check_mime(media);
    Json object{{"url", https(media.url)}};
    if (!media.caption.empty()) {
        if (media.type == "audio" || media.type == "sticker")
            throw Refused("WhatsApp shows no caption with " + media.type +
                          ": send the text as a message of its own");
        waba::at_most(1024, media.caption, "the caption");
        object.set("caption", media.caption);
    }
    if (media.type == "document" && !media.filename.empty()) object.set("filename", media.filename);
    return object;
}

Json location(const Location& place) {
    if (!(place.latitude >= -90 && place.latitude <= 90) ||
        !(place.longitude >= -180 && place.longitude <= 180))
        throw Refused("the latitude is between -90 and 90, the longitude between -180 and 180");
    Json object{{"latitude", place.latitude}, {"longitude", place.longitude}};
    if (!place.name.empty()) object.set("name", place.name);
    if (!place.address.empty()) object.set("address", place.address);
    return object;
}

// ---- templates: Meta's components with Bird's parameters

Json parameter(const Json& meta) {
    const std::string type = meta.at("type");
    if (type == "text") {
        Json out{{"type", "text"}, {"text", meta.at("text")}};
        if (meta.contains("parameter_name")) out.set("name", meta.at("parameter_name"));
        return out;
    }
    if (type == "image" || type == "video" || type == "document") {
        if (!meta.at(type).contains("link"))
            throw Refused("Bird takes the header's file by its web address: give \"header.url\"", "template");
        return {{"type", type}, {"url", meta.at(type).at("link")}};
    }
    if (type == "location") return meta;
    throw Refused(
        "templates of the Bird Platform take texts, files and places; this one asks for \"" + type + "\"",
        "template");
}

Json components(const Json& meta) {
    Json out = Json::array();
    for (const Json& part : meta) {
        const std::string type = part.at("type");
        Json component{{"type", type}};
        if (type == "carousel") {
            Json cards = Json::array();
            for (const Json& card : part.at("cards"))
                cards.push_back(Json{{"components", components(card.at("components"))}});
            component.set("cards", std::move(cards));
        } else {
            Json parameters = Json::array();
            for (const Json& one : part.at("parameters")) parameters.push_back(parameter(one));
            component.set("parameters", std::move(parameters));
        }
        out.push_back(std::move(component));
    }
    return out;
}

Json template_(const Template& wanted, const Recipient& to) {
    const Json meta = waba::build_template(wanted, to);
    Json object = Json::object();
    if (wanted.id.rfind("wat_", 0) == 0)
        object.set("id", wanted.id);
    else
        object.set("slug", wanted.name);
    object.set("language", wanted.language);
    if (meta.contains("components")) object.set("components", components(meta["components"]));
    return object;
}

void add_content(Json& message, const Send& in, const Recipient& to) {
    if (in.kind == "text") {
        const std::string& text = in.text_for(to);
        waba::from_one_to(4096, text, "the text");
        const bool link = text.find("http://") != text.npos || text.find("https://") != text.npos;
        message.set("text",
                    Json{{"body", text}, {"preview_url", link && in.extra.value("preview_url", true)}});
    } else if (in.kind == "template") {
        message.set("template", template_(*in.template_, to));
    } else if (in.kind == "media") {
        message.set(in.media->type, media(*in.media));
    } else if (in.kind == "location") {
        message.set("location", location(*in.location));
    } else {
        throw Refused(
            "WhatsApp messages of the Bird Platform are text, template, media and location; it has no \"" +
            in.kind + "\"");
    }
}

}  // namespace

Json whatsapp_message(const Account& account, const Send& in, const Recipient& to) {
    const bool phone = waba::is_phone(to.address);
    if (!phone && !waba::is_user_id(to.address))
        throw Refused("the recipient must be a number with + and its country code, or a WhatsApp user ID",
                      "recipient");
    if (!phone && in.template_ && waba::lower(in.template_->category) == "authentication")
        throw Refused("WhatsApp sends codes to phone numbers only, not to user IDs", "recipient");

    Json message{{"to", to.address}};
    // Bird's own templates go out from Bird's number: a sender is then refused (WhatsAppSenderNotAllowed).
    const bool of_bird = in.kind == "template" && in.extra.value("bird_template", false);
    const std::string& from = in.from.empty() ? account.from_whatsapp : in.from;
    if (!of_bird && from.empty()) throw Refused("no sender: fill in the WhatsApp business number", "config");
    if (!of_bird) message.set("from", from);
    add_content(message, in, to);
    if (!to.ref.empty()) message.set("metadata", Json{{"ref", to.ref}});  // comes back in every event
    return message;
}

}  // namespace messagebird::platform
