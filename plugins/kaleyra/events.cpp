#include "events.hpp"

#include <charconv>

#include "answer.hpp"
#include "dakiya/crypto.hpp"
#include "dakiya/time.hpp"
#include "dakiya/waba.hpp"
#include "dakiya/wording.hpp"
#include "fields.hpp"

namespace kaleyra {

using namespace dakiya;

namespace {

constexpr std::int64_t india_ms = (5 * 60 + 30) * 60'000;  // dates come without a zone

constexpr StatusWord words[] = {
    {"sent", Status::sent},           {"submitted", Status::sent},     {"enroute", Status::sent},
    {"sentnodlr", Status::sent},      {"accepted", Status::sent},      {"queued", Status::sent},
    {"delivered", Status::delivered}, {"delivrd", Status::delivered},  {"read", Status::read},
    {"failed", Status::failed},       {"undelivered", Status::failed}, {"undeliv", Status::failed},
    {"notsent", Status::failed},      {"rejected", Status::failed},    {"expired", Status::failed},
};

std::int64_t time_of(const std::string& text) {
    if (!waba::is_digits(text) || text.size() > 15) return read_iso_time(text, india_ms);
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value > 100'000'000'000 ? value : value * 1000;
}

std::int64_t time_in(const Form& fields) {
    return time_of(first_of(fields, {"timestamp", "delivered_at", "sent_at", "time", "created_at"}));
}

// ---- messages of ours

std::vector<Event> status_events(const Form& fields, const std::string& ref) {
    const std::string theirs = first_of(fields, {"status", "message_status", "event", "status_details"});
    const auto status = status_of(theirs);
    const std::string id = first_of(fields, {"message_id", "id", "kid", "campaign_id", "mid"});
    if (!status || (id.empty() && ref.empty())) return {};
    Event event = Event::status(id, *status, time_in(fields));
    event.ref(ref.empty() ? first_of(fields, {"ref", "ref1", "custom", "customid", "ref_custom"}) : ref);
    event.address(phone_of(first_of(fields, {"recipient", "mobile", "to", "receiver"})));
    event.dedupe((id.empty() ? ref : id) + ':' + waba::lower(theirs));
    Price price;
    const std::string parts = first_of(fields, {"parts"});
    std::from_chars(parts.data(), parts.data() + parts.size(), price.parts);
    event.price(price);
    if (*status == Status::failed)
        event.error(failure_of(theirs, first_of(fields, {"status_trace", "error_code", "reason", "error",
                                                         "description", "status_details"})));
    return {std::move(event)};
}

// {"event": "APPROVED", "message_template_name": …}
std::vector<Event> template_events(const Form& fields) {
    std::string word = first_of(fields, {"event"});
    for (char& c : word)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    Event event = Event::template_(first_of(fields, {"message_template_name"}),
                                   waba::template_language(first_of(fields, {"message_template_language"})),
                                   waba::template_status(word));
    event.id(first_of(fields, {"message_template_id"})).at(time_in(fields));
    if (const std::string reason = first_of(fields, {"reason"}); !reason.empty()) event.set("reason", reason);
    return {std::move(event)};
}

// ---- messages from people

// The list of placeholders has no id of the message.
std::string dedupe_of(const Form& fields, std::initializer_list<std::string_view> names) {
    std::string all;
    for (const std::string_view name : names) all.append(fields.value(name)).append("\n");
    return "in:" + sha256_hex(all);
}

void add_whatsapp_content(Event& event, const Form& fields) {
    const std::string type = waba::lower(first_of(fields, {"type"})),
                      body = first_of(fields, {"body", "message"});
    const std::string url = first_of(fields, {"media_url"}), mime = first_of(fields, {"mime_type"});
    const std::string tap = first_of(fields, {"custom_response"});
    if (type == "button" || type == "interactive" || !tap.empty()) {
        event.button(tap, body);
    } else if (!url.empty()) {
        const bool known = type == "image" || type == "video" || type == "audio" || type == "sticker";
        event.media(known ? type : "document", {}, url, mime, {}, body);  // of storage that asks for no key
    } else if (type == "location" || type == "contacts") {
        event.message("raw", Json{{type, first_of(fields, {type})}});
    } else if (!body.empty()) {
        event.text(body);
    }
}

std::vector<Event> whatsapp_inbound(const Form& fields) {
    const std::string from = phone_of(first_of(fields, {"from", "mobile"}));
    if (from.empty()) return {};
    Event event = Event::inbound("", from, time_in(fields));
    event.channel("whatsapp")
        .name(first_of(fields, {"name"}))
        .sender(phone_of(first_of(fields, {"wanumber"})));
    event.dedupe(dedupe_of(fields, {"from", "created_at", "type", "body", "media_url", "custom_response"}));
    add_whatsapp_content(event, fields);
    event.reply_to(first_of(fields, {"reply_to"}));
    return {std::move(event)};
}

std::vector<Event> sms_inbound(const Form& fields) {
    const std::string from = phone_of(first_of(fields, {"source"})), id = first_of(fields, {"id", "kid"});
    if (from.empty()) return {};
    Event event = Event::inbound(id, from, time_in(fields));
    event.channel("sms").text(first_of(fields, {"message"})).sender(first_of(fields, {"recipient"}));
    event.dedupe(id.empty() ? dedupe_of(fields, {"source", "timestamp", "message"}) : "in:" + id);
    return {std::move(event)};
}

// Numbers on V2, and old ones on V1, send Meta's objects.
bool is_meta(const Inbound& in) {
    if (in.body().find('{') == std::string_view::npos) return false;
    try {
        const Json body = Json::parse(in.body());
        return body["messages"].is_array() || body["statuses"].is_array() || body["entry"].is_array();
    } catch (const JsonError&) {
        return false;
    }
}

}  // namespace

void require_credentials(const Account& account, const Inbound& in) {
    if (!account.hook_user.empty() &&
        !equal(in.header("authorization"),
               "Basic " + base64(account.hook_user + ':' + account.hook_password)))
        throw Fault(DK_REJECTED,
                    "the callback does not carry the user name and password of the callback profile");
    if (!account.hook_header.empty() && !equal(in.header("x-webhook-secret"), account.hook_header))
        throw Fault(DK_REJECTED,
                    "the callback does not carry the header X-Webhook-Secret of the callback profile");
}

std::optional<Status> status_of(const std::string& theirs) {
    std::string plain;
    for (const char c : waba::lower(theirs))
        if (c != '-' && c != '_' && c != ' ') plain += c;
    return status_by_word(words, plain);
}

std::vector<Event> parse_events(const Inbound& in) {
    if (is_meta(in)) return waba::parse_events(in.json());
    const Form fields = fields_of(in);
    if (fields.contains("message_template_name")) return template_events(fields);
    if (fields.contains("wanumber")) return whatsapp_inbound(fields);
    if (fields.contains("source") && fields.contains("message")) return sms_inbound(fields);
    return status_events(fields, in.query("m"));
}

}  // namespace kaleyra
