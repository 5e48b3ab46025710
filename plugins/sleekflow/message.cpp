#include "message.hpp"

#include <cstdlib>
#include <string>

#include "dakiya/waba.hpp"

namespace sleekflow {

using namespace dakiya;
using waba::Refused;

namespace {

constexpr const char* channel = "whatsappcloudapi";

// A file has no address here that Meta could fetch it from, so handles of other interfaces mean nothing.
void check_header(const Json& parameter) {
    const std::string type = parameter.at("type");
    if (type == "text") return;
    if (type != "image" && type != "video" && type != "document")
        throw Refused("SleekFlow sends templates with a text or a file in their header, not with a place",
                      "template");
    if (!parameter.at(type)["link"].is_string())
        throw Refused("SleekFlow takes the file of a header by its public address: give \"header.url\"",
                      "template");
}

// Meta's components; only a button's place is a number here, and the language is a text (an object fails).
Json template_object(const Json& cloud) {
    Json components = Json::array();
    for (Json part : cloud["components"]) {
        const std::string type = part.at("type");
        if (type == "header") check_header(part.at("parameters").at(0));
        if (type == "button") part.set("index", std::strtoll(part.at("index").text().c_str(), nullptr, 10));
        if (type != "header" && type != "body" && type != "button")
            throw Refused("SleekFlow sends templates with a header, a text and buttons, not with a " + type,
                          "template");
        components.push_back(std::move(part));
    }
    Json out{{"templateName", cloud.at("name")}, {"language", cloud.at("language").at("code")}};
    if (!components.empty()) out.set("components", std::move(components));
    return out;
}

const Json& interactive_object(const Json& cloud) {
    const std::string type = cloud.at("type");
    if (type != "button" && type != "list")
        throw Refused("SleekFlow sends reply buttons and lists; it has no \"" + type + "\"");
    const Json& header = cloud["header"];
    if (!header.is_null() && header.value("type", "") != "text")
        throw Refused("SleekFlow takes a text as header of buttons, no file");
    return cloud;
}

std::string sender(const Account& account, const Send& in) {
    if (in.from.empty()) return account.number;
    const std::string digits = digits_of(in.from);
    if (!waba::is_digits(digits))
        throw Refused("the sender must be a WhatsApp number of SleekFlow", "config");
    return digits;
}

Http send_file(const Account& account, const Send& in, const std::string& to) {
    const Media& media = *in.media;
    if (media.blob == 0)
        throw Refused(
            "SleekFlow takes files, not addresses: upload the file here and send it as one of ours");
    waba::build_message(in, in.to.front(), "checked only");  // Meta's rules for kinds and captions
    Http http = account.post("/api/message/send");
    http.field("channel", channel);
    if (const std::string from = sender(account, in); !from.empty()) http.field("from", from);
    http.field("to", to).field("messageType", "file").field("messageContent", media.caption);
    http.file("files", media);
    return http;
}

}  // namespace

Http send_message(const Account& account, const Send& in) {
    const Recipient& person = in.to.front();
    if (!waba::is_phone(person.address))
        throw Refused("SleekFlow writes to phone numbers only: + and the country code", "recipient");
    const std::string to = digits_of(person.address);
    if (in.kind == "media") return send_file(account, in, to);

    const Json cloud = waba::build_message(in, person);  // with Meta's limits
    const std::string type = cloud.at("type");
    Json body{{"channel", channel}};
    if (const std::string from = sender(account, in); !from.empty()) body.set("from", from);
    body.set("to", to);
    if (type == "text") {
        body.set("messageType", "text");
        body.set("messageContent", cloud.at("text").at("body"));
    } else if (type == "template") {
        body.set("messageType", "template");
        body.set("extendedMessage",
                 Json{{"WhatsappCloudApiTemplateMessageObject", template_object(cloud.at("template"))}});
    } else if (type == "interactive") {
        body.set("messageType", "interactive");
        body.set("extendedMessage",
                 Json{{"whatsappCloudApiInteractiveObject", interactive_object(cloud.at("interactive"))}});
    } else {
        throw Refused("SleekFlow cannot send messages of the kind \"" + in.kind + "\"");
    }
    if (!person.ref.empty()) body.set("analyticTags", Json::array({person.ref}));
    Http http = account.post("/api/message/send/json");
    http.json(body);
    if (in.template_ && waba::lower(in.template_->category) == "authentication")
        http.secret_body();  // it holds a one-time code
    return http;
}

}  // namespace sleekflow
