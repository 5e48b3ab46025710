// dakiya/send.hpp - the typed input of `send`. JSON form: sdk/schema/send.schema.json
#ifndef DAKIYA_SEND_HPP
#define DAKIYA_SEND_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dakiya/json.hpp"

namespace dakiya {

// `params` holds the values of a template by name: "1", "2", … or the variable's own name for the body;
// "header" (text), "header.url", "header.handle", "header.filename" (media); "button.0" (URL suffix,
// payload or coupon of the first button).
struct Recipient {
    std::string address;  // E.164 with "+", or what the channel uses
    std::string ref;      // ours; an event that carries it needs no id
    std::map<std::string, std::string> params;
    std::string text;  // own text, when the batch is personal

    std::string param(const std::string& name, std::string_view fallback = {}) const {
        const auto found = params.find(name);
        return found == params.end() ? std::string(fallback) : found->second;
    }
};

// Exactly one of url, handle and blob is set.
struct Media {
    std::string type;        // "image", "video", "audio", "document", "sticker"
    std::string url;         // public
    std::string handle;      // the provider's, from media.upload
    std::uint64_t blob = 0;  // the host's, to be uploaded
    std::string caption, filename, mime;
};

struct Template {
    std::string name, language;
    std::string id;        // the provider's; empty when it has none
    std::string category;  // "marketing", "utility", "authentication"
    Json components;       // as the provider listed them, or null
};

struct Location {
    double latitude = 0, longitude = 0;
    std::string name, address;
};

struct Reaction {
    std::string message_id;  // the provider's
    std::string emoji;       // empty: take it back
};

// Exactly one of url and data is set.
struct Attachment {
    std::string filename, type;  // type: "application/pdf"
    std::string url;             // public; the host fetches it
    std::string data;            // the file itself, in base64
    std::string cid;             // the HTML shows it as <img src="cid:…">; empty: an ordinary attachment
};

// What an e-mail has besides its text.
struct Email {
    std::string subject, html;
    std::vector<Attachment> attachments;
};

struct Send {
    std::string key;      // the same when the host repeats this send
    std::string channel;  // "sms", "whatsapp", "email", …
    std::string from;     // may be empty: the connection's own sender
    std::string kind;     // "text", "template", "media", "interactive", "location", "contacts", "reaction"
    std::string text;
    std::optional<Email> email;  // of kind "text"
    std::optional<Template> template_;
    std::optional<Media> media;
    Json interactive;  // Cloud API shape, or null
    std::optional<Location> location;
    Json contacts;  // Cloud API shape, or null
    std::optional<Reaction> reaction;
    std::string reply_to;  // the provider's id of the message that this one answers
    std::string callback;  // this connection's webhook address; empty when it is not known
    std::vector<Recipient> to;
    Json extra;  // the fields of the manifest's "message"

    // The recipient's own text when there is one.
    const std::string& text_for(const Recipient& recipient) const {
        return recipient.text.empty() ? text : recipient.text;
    }
};

// Throws JsonError that names the field.
inline Recipient read_recipient(const Json& json) {
    Recipient recipient;
    recipient.address = json.at("address").text();
    recipient.ref = json.value("ref", "");
    recipient.text = json.value("text", "");
    if (const Json& params = json["params"]; !params.is_null())
        for (const Json::Member& param : params.members())
            recipient.params[param.first] = param.second.scalar();
    return recipient;
}

inline Media read_media(const Json& json) {
    Media media;
    media.type = json.at("type").text();
    media.url = json.value("url", "");
    media.handle = json.value("handle", "");
    media.blob = static_cast<std::uint64_t>(json.value("blob", 0));
    media.caption = json.value("caption", "");
    media.filename = json.value("filename", "");
    media.mime = json.value("mime", "");
    if (media.url.empty() && media.handle.empty() && media.blob == 0)
        throw JsonError("media needs \"url\", \"handle\" or \"blob\"");
    return media;
}

inline Template read_template(const Json& json) {
    return {json.at("name").text(), json.value("language", ""), json.value("id", ""),
            json.value("category", ""), json["components"]};
}

inline Location read_location(const Json& json) {
    return {json.at("latitude").number(), json.at("longitude").number(), json.value("name", ""),
            json.value("address", "")};
}

inline Email read_email(const Json& json) {
    Email email{json.value("subject", ""), json.value("html", ""), {}};
    for (const Json& one : json["attachments"]) {
        Attachment file{one.at("filename").text(), one.at("type").text(), one.value("url", ""),
                        one.value("data", ""), one.value("cid", "")};
        if (file.url.empty() == file.data.empty()) throw JsonError("an attachment needs \"url\" or \"data\"");
        email.attachments.push_back(std::move(file));
    }
    return email;
}

inline Send read_send(const Json& json) {
    Send send;
    send.key = json.value("key", "");
    send.channel = json.value("channel", "");
    send.from = json.value("from", "");
    send.kind = json.at("kind").text();
    send.text = json.value("text", "");
    if (const Json& part = json["email"]; !part.is_null()) send.email = read_email(part);
    if (const Json& part = json["template"]; !part.is_null()) send.template_ = read_template(part);
    if (const Json& part = json["media"]; !part.is_null()) send.media = read_media(part);
    if (const Json& part = json["location"]; !part.is_null()) send.location = read_location(part);
    if (const Json& part = json["reaction"]; !part.is_null())
        send.reaction = Reaction{part.at("message_id").text(), part.value("emoji", "")};
    send.interactive = json["interactive"];
    send.contacts = json["contacts"];
    send.reply_to = json.value("reply_to", "");
    send.callback = json.value("callback", "");
    send.extra = json["extra"];
    for (const Json& recipient : json.at("to")) send.to.push_back(read_recipient(recipient));

    if (send.to.empty()) throw JsonError("\"to\" is empty");
    if (send.kind == "template" && !send.template_) throw JsonError("\"template\" is missing");
    if (send.kind == "media" && !send.media) throw JsonError("\"media\" is missing");
    if (send.kind == "location" && !send.location) throw JsonError("\"location\" is missing");
    if (send.kind == "reaction" && !send.reaction) throw JsonError("\"reaction\" is missing");
    if (send.kind == "interactive" && !send.interactive.is_object())
        throw JsonError("\"interactive\" is missing");
    if (send.kind == "contacts" && !send.contacts.is_array()) throw JsonError("\"contacts\" is missing");
    return send;
}

}  // namespace dakiya

#endif
