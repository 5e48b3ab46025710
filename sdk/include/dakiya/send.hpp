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

namespace detail {

// The text of a member, moved out of its object; "" when there is none.
inline std::string take(Json& object, std::string_view key) {
    Json* member = object.find(key);
    return member && !member->is_null() ? std::move(*member).text() : std::string();
}
inline Json take_any(Json& object, std::string_view key) { return std::move(object)[key]; }
inline std::string need(Json& object, std::string_view key) { return std::move(object).at(key).text(); }

inline Recipient read_recipient(Json json) {
    Recipient recipient{need(json, "address"), take(json, "ref"), {}, take(json, "text")};
    if (Json* params = json.find("params"); params && !params->is_null())
        for (Json::Member& param : params->members())
            recipient.params.insert_or_assign(std::move(param.first), std::move(param.second).scalar());
    return recipient;
}

inline Media read_media(Json json) {
    Media media;
    media.type = need(json, "type");
    media.url = take(json, "url");
    media.handle = take(json, "handle");
    media.blob = static_cast<std::uint64_t>(json.value("blob", 0));
    media.caption = take(json, "caption");
    media.filename = take(json, "filename");
    media.mime = take(json, "mime");
    if (media.url.empty() && media.handle.empty() && media.blob == 0)
        throw JsonError("media needs \"url\", \"handle\" or \"blob\"");
    return media;
}

inline Template read_template(Json json) {
    return {need(json, "name"), take(json, "language"), take(json, "id"), take(json, "category"),
            take_any(json, "components")};
}

inline Location read_location(Json json) {
    return {json.at("latitude").number(), json.at("longitude").number(), take(json, "name"),
            take(json, "address")};
}

inline Email read_email(Json json) {
    Email email{take(json, "subject"), take(json, "html"), {}};
    Json attachments = take_any(json, "attachments");
    if (attachments.is_null()) return email;
    for (Json& one : attachments.items()) {
        Attachment file{need(one, "filename"), need(one, "type"), take(one, "url"), take(one, "data"),
                        take(one, "cid")};
        if (file.url.empty() == file.data.empty()) throw JsonError("an attachment needs \"url\" or \"data\"");
        email.attachments.push_back(std::move(file));
    }
    return email;
}

}  // namespace detail

// Throws JsonError that names the field.
inline Send read_send(Json json) {
    using namespace detail;
    Send send;
    send.key = take(json, "key");
    send.channel = take(json, "channel");
    send.from = take(json, "from");
    send.kind = need(json, "kind");
    send.text = take(json, "text");
    if (Json part = take_any(json, "email"); !part.is_null()) send.email = read_email(std::move(part));
    if (Json part = take_any(json, "template"); !part.is_null())
        send.template_ = read_template(std::move(part));
    if (Json part = take_any(json, "media"); !part.is_null()) send.media = read_media(std::move(part));
    if (Json part = take_any(json, "location"); !part.is_null())
        send.location = read_location(std::move(part));
    if (Json part = take_any(json, "reaction"); !part.is_null())
        send.reaction = Reaction{need(part, "message_id"), take(part, "emoji")};
    send.interactive = take_any(json, "interactive");
    send.contacts = take_any(json, "contacts");
    send.reply_to = take(json, "reply_to");
    send.callback = take(json, "callback");
    send.extra = take_any(json, "extra");
    Json to = std::move(json).at("to");
    send.to.reserve(to.size());
    for (Json& recipient : to.items()) send.to.push_back(read_recipient(std::move(recipient)));

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
