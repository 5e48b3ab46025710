// dakiya/waba/message.hpp - one message of the Cloud API, from the host's Send.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
#ifndef DAKIYA_WABA_MESSAGE_HPP
#define DAKIYA_WABA_MESSAGE_HPP

#include <string>
#include <string_view>
#include <utility>

#include "dakiya/json.hpp"
#include "dakiya/send.hpp"
#include "dakiya/waba/interactive.hpp"
#include "dakiya/waba/limits.hpp"
#include "dakiya/waba/template.hpp"

namespace dakiya::waba {

namespace detail {

// The object that shares its name with the message's type.
struct Content {
    std::string type;
    Json object;
};

inline Content text(const Send& in, const Recipient& to) {
    const std::string& body = in.text_for(to);
    from_one_to(4096, body, "the text");
    const bool has_link = body.find("://") != body.npos &&  // most have none: one look instead of two
                          (body.find("http://") != body.npos || body.find("https://") != body.npos);
    Json object = Json::object();
    object.set("body", body);
    object.set("preview_url", has_link && in.extra.value("preview_url", true));
    return {"text", std::move(object)};
}

inline void check_mime(const Media& media) {
    // https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
    struct Allowed {
        std::string_view type, mimes;
    };
    static constexpr Allowed allowed[] = {
        {"image", " image/jpeg image/png "},
        {"audio", " audio/aac audio/amr audio/mpeg audio/mp4 audio/ogg "},
        {"video", " video/mp4 video/3gpp "},
        {"sticker", " image/webp "},
        {"document",
         " text/plain application/pdf application/msword application/vnd.ms-excel "
         "application/vnd.ms-powerpoint"
         " application/vnd.openxmlformats-officedocument.wordprocessingml.document"
         " application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
         " application/vnd.openxmlformats-officedocument.presentationml.presentation "}};
    const std::string mime = media.mime.substr(0, media.mime.find(';'));
    for (const Allowed& kind : allowed) {
        if (kind.type != media.type) continue;
        if (mime.empty() || kind.mimes.find(" " + mime + " ") != kind.mimes.npos) return;
        throw Refused("WhatsApp does not take " + mime + " as " + media.type + "; it takes" +
                      std::string(kind.mimes.substr(0, kind.mimes.size() - 1)));
    }
    throw Refused("\"" + media.type +
                  "\" is not a kind of media; WhatsApp has image, video, audio, document and sticker");
}

// handle: of the upload when the media was a file of ours, else empty.
inline Content media(const Send& in, std::string_view handle) {
    const Media& media = *in.media;
    check_mime(media);
    Json object = Json::object();
    if (!handle.empty()) {
        object.set("id", handle);
    } else if (!media.handle.empty()) {
        object.set("id", media.handle);
    } else if (media.url.rfind("https://", 0) == 0) {
        object.set("link", media.url);
    } else if (media.url.empty()) {
        throw Refused("a file of ours must be uploaded before it is sent");
    } else {
        throw Refused("the media address must begin with https://");
    }
    if (!media.caption.empty()) {
        if (media.type == "audio" || media.type == "sticker")
            throw Refused("WhatsApp shows no caption with " + media.type +
                          ": send the text as a message of its own");
        at_most(1024, media.caption, "the caption");
        object.set("caption", media.caption);
    }
    // Without a name the person sees "Untitled".
    if (media.type == "document" && !media.filename.empty()) object.set("filename", media.filename);
    if (media.type == "audio" && in.extra.value("voice", false)) {
        if (!media.mime.empty() && media.mime.rfind("audio/ogg", 0) != 0)
            throw Refused("a voice note must be audio/ogg with the OPUS codec, this is " + media.mime);
        object.set("voice", true);
    }
    return {media.type, std::move(object)};
}

inline Content location(const Location& place) {
    if (!(place.latitude >= -90 && place.latitude <= 90))
        throw Refused("the latitude must be between -90 and 90");
    if (!(place.longitude >= -180 && place.longitude <= 180))
        throw Refused("the longitude must be between -180 and 180");
    Json object = Json::object();
    object.set("latitude", Json(place.latitude).dump());  // as text: the documented form
    object.set("longitude", Json(place.longitude).dump());
    if (!place.name.empty()) object.set("name", place.name);
    if (!place.address.empty()) object.set("address", place.address);
    return {"location", std::move(object)};
}

inline Content contacts(const Json& cards) {
    if (cards.empty()) throw Refused("there is no contact in \"contacts\"");
    for (const Json& card : cards)
        if (card["name"].value("formatted_name", "").empty())
            throw Refused("every contact needs name.formatted_name");
    return {"contacts", cards};
}

inline Content reaction(const Reaction& reaction) {
    if (reaction.message_id.empty()) throw Refused("a reaction needs the message that it reacts to");
    Json object = Json::object();
    object.set("message_id", reaction.message_id);
    object.set("emoji", reaction.emoji);  // empty takes the reaction back
    return {"reaction", std::move(object)};
}

inline Content content(const Send& in, const Recipient& to, std::string_view handle) {
    if (in.kind == "text") return text(in, to);
    if (in.kind == "template") return {"template", build_template(*in.template_, to)};
    if (in.kind == "media") return media(in, handle);
    if (in.kind == "location") return location(*in.location);
    if (in.kind == "contacts") return contacts(in.contacts);
    if (in.kind == "reaction") return reaction(*in.reaction);
    if (in.kind == "interactive") {
        check_interactive(in.interactive);
        return {"interactive", in.interactive};
    }
    throw Refused("WhatsApp has no messages of kind \"" + in.kind + "\"");
}

}  // namespace detail

// The body of POST /{phone_number_id}/messages. Throws Refused when Meta would not take it.
inline Json build_message(const Send& in, const Recipient& to, std::string_view uploaded_handle = {}) {
    Json message = Json::object();
    message.set("messaging_product", "whatsapp");
    message.set("recipient_type", "individual");
    if (is_phone(to.address))
        message.set("to", to.address);
    else if (is_user_id(to.address))
        message.set("recipient", to.address);
    else
        throw Refused("the recipient must be a number with + and its country code, or a WhatsApp user ID",
                      "recipient");
    if (message.contains("recipient") && in.template_ && lower(in.template_->category) == "authentication")
        throw Refused("WhatsApp sends codes to phone numbers only, not to user IDs", "recipient");

    detail::Content content = detail::content(in, to, uploaded_handle);
    const bool may_quote = in.kind != "reaction";
    message.set("type", content.type);
    message.set(content.type, std::move(content.object));
    if (!in.reply_to.empty() && may_quote) message.set("context", Json{{"message_id", in.reply_to}});
    if (to.ref.size() > 512) throw Refused("our reference has more than 512 bytes", "plugin");
    // Echoed in every status event of this message, also when the answer to this call is lost.
    if (!to.ref.empty()) message.set("biz_opaque_callback_data", to.ref);
    return message;
}

}  // namespace dakiya::waba

#endif
