#include <charconv>

#include "common.hpp"
#include "dakiya/waba.hpp"
#include "legacy/send.hpp"

namespace messagebird::legacy {

using namespace dakiya;

namespace {

Json content(const char* type, Json object) {
    Json inner = Json::object();
    inner.set(type, std::move(object));
    return {{"type", type}, {"content", std::move(inner)}};
}

Json text(const std::string& text) {
    waba::from_one_to(4096, text, "the text");
    return content("text", text);
}

Json media(const Media& media) {
    const std::string& url = media.url.empty() ? media.handle : media.url;
    if (url.rfind("https://", 0) != 0)
        throw Refused(
            "MessageBird takes a file by its public https address, or one that was uploaded to it before");
    if (media.type == "sticker") return content("whatsappSticker", Json{{"link", url}});
    const char* type = media.type == "image"      ? "image"
                       : media.type == "video"    ? "video"
                       : media.type == "audio"    ? "audio"
                       : media.type == "document" ? "file"
                                                  : nullptr;
    if (!type) throw Refused("WhatsApp has no media of the type \"" + media.type + "\"");
    Json object{{"url", url}};
    if (!media.caption.empty()) {
        if (media.type == "audio")
            throw Refused("WhatsApp shows no caption with audio: send the text as a message of its own");
        waba::at_most(1024, media.caption, "the caption");
        object.set("caption", media.caption);
    }
    return content(type, std::move(object));
}

// ---- templates ("hsm"): Meta's components with "url" for files and numbers for buttons

Json hsm_parameter(const Json& meta) {
    const std::string type = meta.at("type");
    if (meta.contains("parameter_name"))
        throw Refused("MessageBird sends templates with numbered variables only; this one has named ones",
                      "template");
    if (type == "text" || type == "payload") return meta;
    if (type != "image" && type != "video" && type != "document")
        throw Refused("templates with \"" + type + "\" cannot be sent through MessageBird", "template");
    const Json& file = meta.at(type);
    const std::string url = file.value("link", file.value("id", ""));
    if (url.rfind("https://", 0) != 0)
        throw Refused("MessageBird takes the header's file by its web address: give \"header.url\"",
                      "template");
    Json out{{"type", type}};
    out.set(type, Json{{"url", url}});
    return out;
}

Json hsm_component(const Json& meta) {
    const std::string type = meta.at("type");
    if (type == "carousel" || type == "limited_time_offer")
        throw Refused("templates with a " + type + " cannot be sent through MessageBird", "template");
    Json out{{"type", type}};
    if (type == "button") {
        const std::string index = meta.at("index");
        std::int64_t number = 0;
        std::from_chars(index.data(), index.data() + index.size(), number);
        out.set("sub_type", meta.at("sub_type"));
        out.set("index", number);
    }
    Json parameters = Json::array();
    for (const Json& one : meta.at("parameters")) parameters.push_back(hsm_parameter(one));
    out.set("parameters", std::move(parameters));
    return out;
}

// The listing gives a template's namespace as its id.
Json hsm(const Account& account, const Template& wanted, const Recipient& to) {
    const std::string& name_space = wanted.id.empty() ? account.name_space : wanted.id;
    if (name_space.empty())
        throw Refused(
            "the namespace of the WhatsApp templates is not known: read the templates again, or fill it in",
            "template");
    const Json meta = waba::build_template(wanted, to);
    Json object{{"namespace", name_space},
                {"templateName", wanted.name},
                {"language", Json{{"policy", "deterministic"}, {"code", meta.at("language").at("code")}}}};
    if (meta.contains("components")) {
        Json components = Json::array();
        for (const Json& part : meta.at("components")) components.push_back(hsm_component(part));
        object.set("components", std::move(components));
    }
    return content("hsm", std::move(object));
}

// ---- reply buttons and lists: as Meta's, with the button's reply unwrapped

Json interactive(Json wanted) {
    waba::check_interactive(wanted);
    const std::string type = wanted.value("type", "");
    if (type != "button" && type != "list")
        throw Refused("MessageBird sends reply buttons and lists; it has no \"" + type + "\" here");
    if (wanted.contains("header") && wanted["header"].value("type", "") != "text")
        throw Refused("MessageBird takes a text as the header of buttons and lists");
    if (type == "button") {
        Json buttons = Json::array();
        for (const Json& button : wanted["action"]["buttons"])
            buttons.push_back(Json{
                {"id", button["reply"].at("id")}, {"type", "reply"}, {"title", button["reply"].at("title")}});
        wanted.set("action", Json{{"buttons", std::move(buttons)}});
    }
    return content("interactive", std::move(wanted));
}

Json location(const Location& place) {
    if (!(place.latitude >= -90 && place.latitude <= 90) ||
        !(place.longitude >= -180 && place.longitude <= 180))
        throw Refused("the latitude is between -90 and 90, the longitude between -180 and 180");
    return content("location", Json{{"latitude", place.latitude}, {"longitude", place.longitude}});
}

}  // namespace

Json whatsapp_content(const Account& account, const Send& in, const Recipient& to) {
    if (in.kind == "text") return text(in.text_for(to));
    if (in.kind == "template") return hsm(account, *in.template_, to);
    if (in.kind == "media") return media(*in.media);
    if (in.kind == "interactive") return interactive(in.interactive);
    if (in.kind == "location") return location(*in.location);
    throw Refused("MessageBird sends text, template, media, interactive and location; it has no \"" +
                  in.kind + "\"");
}

}  // namespace messagebird::legacy
