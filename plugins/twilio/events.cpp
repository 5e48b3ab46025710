#include "events.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "account.hpp"
#include "errors.hpp"
#include "resource.hpp"

namespace twilio {

using namespace dakiya;

namespace {

std::string plain(const Form& form, std::string_view field) {
    return std::string(without_channel(form.value(field)));
}

template <class Number>
std::optional<Number> read_number(const std::string& text) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

// ---- delivery reports

Error status_error(const Form& form, const std::string& word, std::string_view address) {
    if (word == "canceled") return {"policy", word, "the message was cancelled at Twilio"};
    const auto code = read_number<std::int64_t>(form.value("ErrorCode"));  // text here, a number in the API
    return message_error(code.value_or(0), form.value("ErrorMessage", form.value("ChannelStatusMessage")),
                         address);
}

// There is no time in it. Several words mean "sent" to us, and with retries each may come again: the dedupe
// text makes them one.
std::vector<Event> status_events(const Form& form, const std::string& word, std::string ref) {
    const auto status = read_status(word);
    const std::string sid = form.value("MessageSid", form.value("SmsSid"));
    if (!status || sid.empty()) return {};
    const std::string address = plain(form, "To");  // ChannelToAddress is masked
    Event event = Event::status(sid, *status);
    event.ref(std::move(ref)).address(address).sender(plain(form, "From"));
    event.dedupe(sid + ':' + to_string(*status));
    if (*status == Status::failed) event.error(status_error(form, word, address));
    return {std::move(event)};
}

// ---- incoming messages

const char* media_type(const Form& form, std::string_view mime) {
    const bool whatsapp = form.value("From").rfind("whatsapp:", 0) == 0;
    if (mime == "image/webp" && whatsapp) return "sticker";
    for (const char* type : {"image", "video", "audio"})
        if (mime.substr(0, mime.find('/')) == type) return type;
    return "document";
}

// What the event itself holds; the rest of the fields is kept as it came.
// clang-format off
constexpr std::array<std::string_view, 29> shown{
    "AccountSid", "Address", "ApiVersion", "Body", "ButtonPayload", "ButtonText", "ExternalUserId", "From",
    "Label", "Latitude", "ListId", "ListTitle", "Longitude", "MediaContentType0", "MediaUrl0", "MessageSid",
    "MessageType", "NumMedia", "NumSegments", "OptOutType", "OriginalRepliedMessageSender",
    "OriginalRepliedMessageSid", "ProfileName", "ReferralNumMedia", "SmsMessageSid", "SmsSid", "SmsStatus",
    "To", "WaId"};
// clang-format on

void keep_rest(Event& event, const Form& form) {
    Json raw = Json::object();
    for (const Form::Field& field : form.fields())
        if (!field.second.empty() && std::find(shown.begin(), shown.end(), field.first) == shown.end())
            raw.set(field.first, field.second);
    if (!raw.empty()) event.message("raw", raw);
}

void add_media(Event& event, const Form& form, int index) {
    const std::string number = std::to_string(index);
    const std::string mime = form.value("MediaContentType" + number);
    const std::string type = media_type(form, std::string_view(mime).substr(0, mime.find(';')));
    event.media(type, form.value("MediaUrl" + number), {}, mime, {}, index == 0 ? form.value("Body") : "");
}

void add_content(Event& event, const Form& form) {
    const std::string body = form.value("Body");
    const auto latitude = read_number<double>(form.value("Latitude"));
    const auto longitude = read_number<double>(form.value("Longitude"));
    const bool on_earth = latitude && longitude && *latitude >= -90 && *latitude <= 90 &&
                          *longitude >= -180 && *longitude <= 180;
    const std::string button = form.value("ButtonPayload"), list = form.value("ListId");
    const std::string title = form.value(list.empty() ? "ButtonText" : "ListTitle");
    if (!button.empty() || !list.empty() || !title.empty()) {
        event.button(list.empty() ? button : list, title.empty() ? body : title);
        if (!body.empty()) event.message("text", body);
    } else if (on_earth) {
        event.location(*latitude, *longitude, form.value("Label"), form.value("Address"));
    } else if (!form.value("MediaUrl0").empty()) {
        add_media(event, form, 0);
    } else if (!body.empty()) {
        event.text(body);
    }
}

struct Person {
    std::string address, user_id;
    std::string channel;
};

// A WhatsApp user may hide the number: From is then an id, as is ExternalUserId.
Person person_of(const Form& form) {
    const bool whatsapp = form.value("From").rfind("whatsapp:", 0) == 0;
    Person person{plain(form, "From"), plain(form, "ExternalUserId"), whatsapp ? "whatsapp" : "sms"};
    if (whatsapp && person.address.rfind('+', 0) != 0) {
        if (person.user_id.empty()) person.user_id = person.address;
        person.address.clear();
    }
    return person;
}

// A message of its own in the conversation.
Event inbound(const Form& form, const Person& person, const std::string& id) {
    Event event = Event::inbound(id, person.address);
    event.user_id(person.user_id).sender(plain(form, "To")).name(form.value("ProfileName"));
    event.dedupe(id + ":inbound").channel(person.channel);
    return event;
}

// OptOutType is posted by a Messaging Service that handles STOP and START itself; HELP changes nothing.
// https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
std::optional<Event> consent(const Form& form, const Person& person, const std::string& sid) {
    const std::string word = form.value("OptOutType");
    if (word != "STOP" && word != "START") return std::nullopt;
    Event event = Event::consent(person.address, word == "START");
    event.user_id(person.user_id).sender(plain(form, "To")).dedupe(sid + ":consent").channel(person.channel);
    return event;
}

std::vector<Event> inbound_events(const Form& form) {
    const std::string sid = form.value("MessageSid", form.value("SmsMessageSid"));
    const Person person = person_of(form);
    if (sid.empty() || (person.address.empty() && person.user_id.empty())) return {};
    std::vector<Event> events;
    if (auto wish = consent(form, person, sid)) events.push_back(std::move(*wish));
    Event event = inbound(form, person, sid);
    add_content(event, form);
    event.reply_to(form.value("OriginalRepliedMessageSid"));
    keep_rest(event, form);
    events.push_back(std::move(event));
    // An MMS may bring up to ten files; each one after the first becomes a message of its own.
    for (int i = 1; i < 10 && !form.value("MediaUrl" + std::to_string(i)).empty(); ++i) {
        events.push_back(inbound(form, person, sid + '.' + std::to_string(i)));
        add_media(events.back(), form, i);
    }
    return events;
}

}  // namespace

std::vector<Event> parse_events(const Inbound& in) {
    const Form form = in.method() == "GET" ? query_of(in.url()) : in.form();
    if (const std::string word = form.value("MessageStatus"); !word.empty())
        return status_events(form, word, in.query("m"));
    const std::string word = form.value("SmsStatus");
    return word == "received" || word == "receiving" ? inbound_events(form)
                                                     : status_events(form, word, in.query("m"));
}

}  // namespace twilio
