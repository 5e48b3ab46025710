#include "message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "components.hpp"
#include "dakiya/text.hpp"

namespace twilio {

using namespace dakiya;

namespace {

constexpr std::size_t max_body = 1600;  // characters; more is error 21617

bool on_whatsapp(const Send& in) { return in.channel == "whatsapp"; }

bool is_phone(std::string_view text) {
    return text.size() >= 6 && text.size() <= 16 && text[0] == '+' &&
           text.find_first_not_of("0123456789", 1) == text.npos;
}

// ---- who

// One recipient a request: a list is error 21653. On WhatsApp a person may have a user id and no number.
std::string recipient(const Send& in) {
    const std::string_view address = without_channel(in.to.front().address);
    if (address.empty() || address.find_first_of(", ;") != address.npos ||
        (!on_whatsapp(in) && !is_phone(address)))
        throw Refused("recipient", "\"" + std::string(address) +
                                       "\" is not a phone number: write it as +, country code and number");
    return on_whatsapp(in) ? "whatsapp:" + std::string(address) : std::string(address);
}

// What the message goes out from. With both, the service uses that member of its pool.
struct Sender {
    std::string number, service;
    const std::string& name() const { return number.empty() ? service : number; }
};

Sender choose_sender(const Account& account, const Send& in) {
    const std::string_view wanted = without_channel(in.from);
    if (is_sid(wanted, "MG")) return {"", std::string(wanted)};
    if (!wanted.empty()) return {std::string(wanted), ""};
    if (on_whatsapp(in) && !account.from_whatsapp.empty()) return {account.from_whatsapp, ""};
    if (!on_whatsapp(in) && !account.from_sms.empty()) return {account.from_sms, account.messaging_service};
    if (!account.messaging_service.empty()) return {"", account.messaging_service};
    throw Refused("config", on_whatsapp(in)
                                ? "no sender: fill in the WhatsApp business number or a sender group"
                                : "no sender: fill in the SMS sender or a sender group");
}

// Twilio has no field for a reference of ours, so it rides in the address that Twilio calls. One parameter
// of unreserved characters: Twilio may reorder and re-encode a query before it signs it
// (https://github.com/twilio/twilio-php/issues/790).
void add_callback(Form& form, const Send& in) {
    if (in.callback.empty()) return;
    const std::size_t scheme = in.callback.find("://");
    const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
    if (in.callback.substr(begin, in.callback.find('/', begin) - begin).find('_') != std::string::npos)
        throw Refused("config",
                      "Twilio does not call addresses with a \"_\" in the host name: give this "
                      "server another public address");
    std::string address = in.callback;
    if (const std::string& ref = in.to.front().ref; !ref.empty()) {
        address += address.find('?') == std::string::npos ? '?' : '&';
        address.append("m=").append(percent(ref));
    }
    form.add("StatusCallback", std::move(address));
}

// ---- what

void add_body(Form& form, const std::string& text, const char* what) {
    if (text.size() > max_body && characters(text) > max_body)
        throw Refused("content", std::string(what) + " has " + std::to_string(characters(text)) +
                                     " characters; Twilio takes 1600");
    form.add("Body", text);
}

void add_text(Form& form, const Send& in) {
    const std::string& text = in.text_for(in.to.front());
    if (text.empty()) throw Refused("content", "the text is empty");
    add_body(form, text, "the text");
}

void add_template(Form& form, const Send& in) {
    if (!is_sid(in.template_->id, "HX"))
        throw Refused("template", "the template \"" + in.template_->name +
                                      "\" has no Content SID: read the templates from Twilio again");
    form.add("ContentSid", in.template_->id);
    const Json values = template_values(*in.template_, in.to.front());
    if (on_whatsapp(in))
        for (const Json::Member& value : values.members())
            if (value.second.text().find("     ") != std::string::npos)  // error 63013
                throw Refused("template",
                              "the value of {{" + value.first +
                                  "}} has more than four spaces in a row, which WhatsApp refuses");
    // Left out when there is none: an empty one is error 21656
    // (https://github.com/twilio/twilio-python/issues/892).
    if (!values.empty()) form.add("ContentVariables", values.dump());
}

struct Accepted {
    std::string_view type, mime;
};

// https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
constexpr std::array<Accepted, 18> whatsapp_media{{
    {"image", "image/jpeg"},
    {"image", "image/jpg"},
    {"image", "image/png"},
    {"sticker", "image/webp"},
    {"audio", "audio/ogg"},
    {"audio", "audio/amr"},
    {"audio", "audio/3gpp"},
    {"audio", "audio/aac"},
    {"audio", "audio/mpeg"},
    {"video", "video/mp4"},
    {"document", "application/pdf"},
    {"document", "application/msword"},
    {"document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"document", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"document", "text/vcard"},
    {"document", "text/x-vcard"},
    {"document", "application/vcard"},
}};

void check_whatsapp_media(const Media& media) {
    const std::string_view mime = std::string_view(media.mime).substr(0, media.mime.find(';'));
    const bool accepted =
        mime.empty() || std::any_of(whatsapp_media.begin(), whatsapp_media.end(), [&](const Accepted& one) {
            return one.type == media.type && one.mime == mime;
        });
    if (!accepted)
        throw Refused("content", "WhatsApp through Twilio does not take " + std::string(mime) + " as " +
                                     media.type +
                                     ": use JPEG or PNG pictures, MP4 video, OGG, AMR, 3GP, AAC "
                                     "or MP3 audio, PDF or Office documents");
    const bool captioned = media.type == "image" || media.type == "video";
    if (!captioned && !media.caption.empty())
        throw Refused("content", "WhatsApp through Twilio shows no caption with a file of type " +
                                     media.type + ": send the text as a message of its own");
}

// There is no upload: Twilio fetches the file, and takes its type from the answer's Content-Type.
void add_media(Form& form, const Send& in) {
    const Media& media = *in.media;
    if (media.url.rfind("https://", 0) != 0 && media.url.rfind("http://", 0) != 0)
        throw Refused("content", "Twilio fetches files from a public web address, and this file has none");
    if (on_whatsapp(in)) check_whatsapp_media(media);
    if (!media.caption.empty()) add_body(form, media.caption, "the caption");
    form.add("MediaUrl", media.url);
}

std::string decimal(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

// https://www.twilio.com/docs/whatsapp/message-features#location-messages-with-whatsapp
void add_location(Form& form, const Send& in) {
    if (!on_whatsapp(in)) throw Refused("content", "an SMS cannot carry a location: send a link instead");
    const Location& place = *in.location;
    const std::string point = decimal(place.latitude) + ',' + decimal(place.longitude);
    const std::string& label = place.address.empty() ? place.name : place.address;
    add_body(form, place.name.empty() ? point : place.name, "the name of the place");
    form.add("PersistentAction", "geo:" + point + (label.empty() ? "" : "|" + label));
}

void add_content(Form& form, const Send& in) {
    if (in.kind == "text") return add_text(form, in);
    if (in.kind == "template") return add_template(form, in);
    if (in.kind == "media") return add_media(form, in);
    if (in.kind == "location") return add_location(form, in);
    throw Refused("content", "Twilio cannot send messages of the kind \"" + in.kind + "\"");
}

// The fields of the manifest's "message".
void add_options(Form& form, const Json& extra) {
    if (!extra.is_object()) return;
    if (const std::int64_t seconds = extra.value("validity_period", 0); seconds != 0) {
        if (seconds < 1 || seconds > 36000)
            throw Refused("content", "\"validity_period\" is 1 to 36000 seconds");
        form.add("ValidityPeriod", std::to_string(seconds));
    }
    if (extra.value("smart_encoded", false)) form.add("SmartEncoded", "true");
    if (extra.value("shorten_urls", false)) form.add("ShortenUrls", "true");
}

}  // namespace

Http create_message(const Account& account, const Send& in) {
    if (in.to.size() != 1) throw Refused("plugin", "Twilio takes one recipient in a request");
    const Sender sender = choose_sender(account, in);
    Form form{{"To", recipient(in)}};
    if (!sender.number.empty())
        form.add("From", on_whatsapp(in) ? "whatsapp:" + sender.number : sender.number);
    if (!sender.service.empty()) form.add("MessagingServiceSid", sender.service);
    add_content(form, in);
    add_options(form, in.extra);
    add_callback(form, in);

    Http http = account.post(account.core("/Messages.json"));
    http.form(form).limit("send:" + sender.name());
    if (in.template_ && in.template_->category == "authentication") http.secret_body();
    return http;
}

}  // namespace twilio
