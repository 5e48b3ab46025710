#include "crm/message.hpp"

#include <string>

#include "common.hpp"
#include "dakiya/waba/interactive.hpp"
#include "dakiya/wording.hpp"

namespace messagebird::crm {

using namespace dakiya;

namespace {

constexpr StatusWord words[] = {
    {"accepted", Status::sent},          {"pending", Status::sent},    {"queued", Status::sent},
    {"processing", Status::sent},        {"scheduled", Status::sent},  {"sent", Status::sent},
    {"delivered", Status::delivered},    {"read", Status::read},       {"sending_failed", Status::failed},
    {"delivery_failed", Status::failed}, {"rejected", Status::failed}, {"skipped", Status::failed},
    {"failed", Status::failed},
};

// ---- what goes out

Json text_body(const std::string& text) { return {{"type", "text"}, {"text", Json{{"text", text}}}}; }

Json text(const Send& in, const Recipient& to) {
    const std::string& text = in.text_for(to);
    if (text.empty()) throw Refused("the text is empty");
    if (in.channel == "whatsapp") waba::at_most(4096, text, "the text");
    return text_body(text);
}

Json media(const Send& in) {
    const Media& media = *in.media;
    if (in.channel == "sms") throw Refused("an SMS carries no file: send a link instead");
    const std::string& url = media.url.empty() ? media.handle : media.url;
    if (url.rfind("https://", 0) != 0)
        throw Refused(
            "Bird takes a file by its public https address, or one that was uploaded to Bird before");
    if (media.type == "image") {
        Json image{{"mediaUrl", url}};
        if (!media.caption.empty()) image.set("altText", media.caption);
        return {{"type", "image"}, {"image", Json{{"images", Json::array({std::move(image)})}}}};
    }
    if (!media.caption.empty())
        throw Refused("Bird shows no caption with a file of type " + media.type +
                      ": send the text as a message of its own");
    Json file{{"mediaUrl", url}};
    if (!media.mime.empty()) file.set("contentType", media.mime);
    if (!media.filename.empty()) file.set("filename", media.filename);
    return {{"type", "file"}, {"file", Json{{"files", Json::array({std::move(file)})}}}};
}

// Reply buttons are "actions" of a text; the shape of lists is not documented.
Json buttons(const Send& in) {
    const Json& wanted = in.interactive;
    if (in.channel != "whatsapp") throw Refused("an SMS has no buttons");
    if (wanted.value("type", "") != "button" || wanted.contains("header") || wanted.contains("footer"))
        throw Refused(
            "Bird CRM sends reply buttons under a plain text; lists, headers and footers need a template");
    waba::check_interactive(wanted);
    Json actions = Json::array();
    for (const Json& button : wanted["action"]["buttons"])
        actions.push_back(Json{{"type", "postback"},
                               {"postback", Json{{"text", button["reply"].at("title")},
                                                 {"payload", button["reply"].at("id")}}}});
    Json body = text_body(wanted["body"].value("text", ""));
    body.find("text")->set("actions", std::move(actions));
    return body;
}

// A template is a project of Bird's Studio, not the name that WhatsApp knows it by.
Json template_(const Template& wanted, const Recipient& to) {
    if (wanted.id.empty())
        throw Refused("the template \"" + wanted.name +
                          "\" has no project ID: add its project and read the templates again",
                      "template");
    Json parameters = Json::array();
    for (const auto& [name, value] : to.params)
        parameters.push_back(Json{{"type", "string"}, {"key", name}, {"value", value}});
    Json object{{"projectId", wanted.id}, {"version", "latest"}, {"locale", wanted.language}};
    if (!parameters.empty()) object.set("parameters", std::move(parameters));
    return object;
}

Json receiver(const std::string& address) {
    if (!waba::is_phone(address))
        throw Refused(
            waba::is_user_id(address)
                ? "Bird CRM finds people by phone number, not by WhatsApp user ID"
                : "\"" + address + "\" is not a phone number: write it as +, country code and number",
            "recipient");
    return {
        {"contacts", Json::array({Json{{"identifierKey", "phonenumber"}, {"identifierValue", address}}})}};
}

Http request(const Account& account, const Send& in) {
    const Recipient& to = in.to.front();
    const std::string& channel = account.channel(in.channel);
    Json message{{"receiver", receiver(to.address)}};
    if (in.kind == "template")
        message.set("template", template_(*in.template_, to));
    else if (in.kind == "text")
        message.set("body", text(in, to));
    else if (in.kind == "media")
        message.set("body", media(in));
    else if (in.kind == "interactive")
        message.set("body", buttons(in));
    else
        throw Refused("Bird CRM sends text, template, media and buttons; it has no \"" + in.kind + "\"");
    if (!to.ref.empty()) message.set("reference", to.ref);
    if (const std::string tag = in.extra.value("tag", ""); !tag.empty())
        message.set("tags", Json::array({Json(tag)}));
    const std::string bytes = message.dump();
    if (bytes.size() > 200'000) throw Refused("the message has more than 200 KB");

    Http http = account.post("/channels/" + channel + "/messages");
    http.body("application/json", bytes).limit("send:" + channel);
    if (in.template_ && waba::lower(in.template_->category) == "authentication") http.secret_body();
    return http;
}

// ---- what comes back

Next answered(const Reply& reply) {
    Next next = Next::done();
    if (!reply.ok()) {
        // There is no idempotency key: after a fault of theirs nobody knows. 3xx and 4xx took nothing.
        const Error error = call_error(reply);
        return error.cls == "provider" ? next.uncertain(0, error) : next.failed(0, error);
    }
    const Json* body = object_of(reply);
    if (!body) return next.uncertain(0, {"provider", "", "Bird's answer cannot be read"});
    const std::string id = word(*body, "id");
    // A success may carry a failure.
    if (status_of(word(*body, "status")) == Status::failed) return next.failed(0, message_error(*body));
    if (id.empty()) return next.uncertain(0, {"provider", "", "Bird's answer names no message"});
    return next.sent(0, id);
}

}  // namespace

std::optional<Status> status_of(std::string_view word) { return status_by_word(words, word); }

Next send(const Account& account, const Send& in, const Turn& turn) {
    Next next = Next::done();
    for (std::size_t i = 1; i < in.to.size() && !turn.reply(); ++i)
        next.failed(i, {"throttled", "one_at_a_time", "Bird takes one recipient in a call; this one follows",
                        100, "recipient"});
    if (turn.reply()) return answered(*turn.reply());
    try {
        return next.then(request(account, in));
    } catch (const Refused& refused) {
        return next.failed(0, refused.error());
    }
}

}  // namespace messagebird::crm
