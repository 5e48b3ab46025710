#include "message.hpp"

#include <string>

#include "dakiya/waba.hpp"

namespace interakt {

using namespace dakiya;
using waba::Refused;

namespace {

// ---- templates: values by place, without the parameters' types

Json list_of(const Json& value) { return Json::array({value}); }

void add_header(Json& out, const Json& parameter) {
    const std::string type = parameter.at("type");
    if (type == "text") return (void)out.set("headerValues", list_of(parameter.at("text")));
    const Json& media = parameter.at(type);
    if (!media["link"].is_string())
        throw Refused(type == "location" ? "Interakt cannot send templates with a place in their header"
                                         : "Interakt takes files by their public address: give "
                                           "\"header.url\" instead of \"header.handle\"",
                      "template");
    out.set("headerValues", list_of(media.at("link")));
    if (media["filename"].is_string()) out.set("fileName", media["filename"]);
}

void add_button(Json& values, const Json& button) {
    const std::string type = button.at("sub_type");
    if (type != "url" && type != "copy_code")
        throw Refused("Interakt fills in link suffixes, coupons and codes of buttons, nothing else",
                      "template");
    const Json& parameter = button.at("parameters").at(0);
    values.set(button.at("index").text(),
               list_of(type == "url" ? parameter.at("text") : parameter.at("coupon_code")));
}

// The components as Meta takes them, into headerValues, bodyValues, buttonValues and carouselCards.
void add_values(Json& out, const Json& components) {
    Json buttons = Json::object();
    for (const Json& part : components) {
        const std::string type = part.at("type");
        if (type == "header") {
            add_header(out, part.at("parameters").at(0));
        } else if (type == "body") {
            Json values = Json::array();
            for (const Json& parameter : part.at("parameters")) values.push_back(parameter.at("text"));
            out.set("bodyValues", std::move(values));
        } else if (type == "button") {
            add_button(buttons, part);
        } else if (type == "carousel") {
            Json cards = Json::array();
            for (const Json& theirs : part.at("cards")) {
                Json card = Json::object();
                add_values(card, theirs.at("components"));
                cards.push_back(std::move(card));
            }
            out.set("carouselCards", std::move(cards));
        } else {
            throw Refused("Interakt cannot send templates with a limited-time offer", "template");
        }
    }
    if (!buttons.empty()) out.set("buttonValues", std::move(buttons));
}

Json template_object(const Json& cloud) {
    Json out{{"name", cloud.at("name")}, {"languageCode", cloud.at("language").at("code")}};
    add_values(out, cloud["components"]);
    return out;
}

// ---- free-form messages

const char* type_word(const std::string& cloud_type) {
    if (cloud_type == "text") return "Text";
    if (cloud_type == "template") return "Template";
    if (cloud_type == "image") return "Image";
    if (cloud_type == "video") return "Video";
    if (cloud_type == "audio") return "Audio";
    if (cloud_type == "document") return "Document";
    if (cloud_type == "sticker") return "Sticker";
    throw Refused("Interakt cannot send messages of the kind \"" + cloud_type + "\"");
}

Json media_data(const Json& media) {
    if (!media["link"].is_string())
        throw Refused("Interakt takes files by their public address only, it stores none");
    Json data{{"mediaUrl", media["link"]}};
    if (media["caption"].is_string()) data.set("message", media["caption"]);
    if (media["filename"].is_string()) data.set("fileName", media["filename"]);
    return data;
}

const char* interactive_word(const Json& interactive) {
    for (const char* media : {"image", "video", "document"})
        if (interactive["header"][media].contains("id"))
            throw Refused("Interakt takes the file of a header by its public address: give \"link\"");
    const std::string type = interactive.value("type", "");
    if (type == "button") return "InteractiveButton";
    if (type == "list") return "InteractiveList";
    throw Refused("Interakt sends reply buttons and lists; it has no \"" + type + "\"");
}

void add_content(Json& body, const Json& cloud) {
    const std::string type = cloud.at("type");
    const Json& content = cloud.at(type);
    if (type == "interactive") {
        body.set("type", interactive_word(content));
        body.set("data", Json{{"message", content}});
        return;
    }
    body.set("type", type_word(type));
    if (type == "template")
        body.set("template", template_object(content));
    else if (type == "text")
        body.set("data", Json{{"message", content.at("body")}});
    else
        body.set("data", media_data(content));
}

// The fields of the manifest's "message", and what only templates have.
void add_options(Json& body, const Send& in) {
    if (const std::string campaign = in.extra.value("campaign_id", ""); !campaign.empty())
        body.set("campaignId", campaign);
    if (in.template_ && in.extra.value("keep_category", false) && !in.template_->category.empty())
        body.set("template_category", waba::lower(in.template_->category));
}

}  // namespace

Json message_body(const Send& in, const Recipient& to) {
    if (in.media && in.media->blob != 0)
        throw Refused("Interakt takes files by their public address only, it stores none");
    if (!waba::is_phone(to.address))
        throw Refused("Interakt writes to phone numbers only: + and the country code", "recipient");
    const Json cloud = waba::build_message(in, to);  // with Meta's limits, which are Interakt's too
    Json body{{"fullPhoneNumber", to.address.substr(1)}};
    if (!to.ref.empty()) body.set("callbackData", to.ref);
    add_options(body, in);
    add_content(body, cloud);
    return body;
}

}  // namespace interakt
