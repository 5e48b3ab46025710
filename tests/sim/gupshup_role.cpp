// What Gupshup sends by itself: WhatsApp events of format v2, one each, and SMS reports by POST. Unsigned.
// Source: docs.gupshup.io/docs/message-events, /docs/what-is-an-inbound-message,
// /docs/real-time-delivery-reports.
#include "file_replies.hpp"
#include "gupshup.hpp"

namespace sim {
namespace {

using dakiya::Json;

// The id that WhatsApp gives the message; ours is gsId.
std::string whatsapp_id(const Ledger& ledger, std::size_t n) { return "gBEG" + ledger.token(n); }

Json envelope(const GupshupConfig& config, const char* type, std::int64_t at, Json payload) {
    return {{"app", config.app_name},
            {"timestamp", at},
            {"version", 2},
            {"type", type},
            {"payload", std::move(payload)}};
}

Post post_to(const GupshupConfig& config, const Json& body) {
    return json_post(config.webhook_url, body.dump());
}

Post message_event(const GupshupConfig& config, const Ledger& ledger, const Event& event) {
    const Entry& entry = ledger[event.n];
    const std::int64_t at = entry.at + entry.timeline.at(event.status);
    const bool failed = event.status == Status::failed;
    Json payload{{"type", name_of(event.status)}, {"destination", std::to_string(entry.to)}};
    if (failed && event.n % 2 == 0) {  // before WhatsApp saw it: our id is `id`
        payload.set("id", ledger.id(event.n));
    } else {
        payload.set("id", whatsapp_id(ledger, event.n));
        payload.set("gsId", ledger.id(event.n));
    }
    // Times are seconds, as a number or as text.
    Json detail = event.n % 3 == 0 ? Json{{"ts", std::to_string(at / 1000)}} : Json{{"ts", at / 1000}};
    if (failed) detail = Json{{"code", entry.timeline.code}, {"reason", "failed by the simulation"}};
    payload.set("payload", std::move(detail));
    if (!failed)
        payload.set("pricing", Json{{"policy", "PMP"}, {"category", "utility"}, {"type", "regular"}});
    return post_to(config, envelope(config, "message-event", at, std::move(payload)));
}

// The published sample writes error codes like 000 without quotes, which is no JSON.
Post sms_report(const GupshupConfig& config, const Ledger& ledger, const Event& event) {
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    const std::string code = failed ? "003" : "000";
    const std::string body =
        R"(response=[{"externalId":")" + ledger.id(event.n) + R"(","eventType":")" +
        (failed ? "FAILED" : "DELIVERED") + R"(","eventTs":)" +
        std::to_string(entry.at + entry.timeline.at(event.status)) + R"(,"destAddr":")" +
        std::to_string(entry.to) + R"(","srcAddr":")" + std::string(ledger.name(entry.sender)) +
        R"(","cause":")" + (failed ? "UNKNOWN_SUBSCRIBER" : "SUCCESS") + R"(","errCode":)" +
        (event.n % 2 == 0 ? code : '"' + code + '"') + R"(,"channel":"SMS","noOfFrags":1}])";
    Post post;
    post.url = config.webhook_url;
    post.content_type = "application/x-www-form-urlencoded";
    post.body = body;
    return post;
}

}  // namespace

const Role gupshup_role = {
    .name = "gupshup",
    .throttled = 429,
    .failed = 131026,
    .retries = 3,
    .tells_sms_sent = false,
    .gives_files = true,
    .defaults = gupshup_defaults,
    .read = any_section<read_gupshup>,
    .make = make_player<Gupshup>,
    .id = [](const Ledger& ledger, std::size_t n) { return uuid_of(ledger.token(n)); },
    .address = plain_digits,
};

bool Gupshup::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post Gupshup::statuses(const std::vector<Event>& events) const {
    const Event& event = events.front();
    const Ledger& ledger = world_.ledger();
    return ledger[event.n].whatsapp ? message_event(config(), ledger, event)
                                    : sms_report(config(), ledger, event);
}

Post Gupshup::inbound(Inbound inbound, const std::string& token) const {
    if (!inbound.whatsapp) throw dakiya::JsonError("this Gupshup account has no number for incoming SMS");
    const bool tap = !inbound.button_payload.empty();
    Json content{{"text", inbound.text}};
    if (tap) content = {{"text", inbound.text}, {"type", "button"}, {"postbackText", inbound.button_payload}};
    std::string type = tap ? "quick_reply" : "text";
    if (!inbound.file.empty()) {
        type = kind_of_file(inbound.file_type);
        if (type == "document") type = "file";
        content = {{"caption", inbound.text},
                   {"contentType", inbound.file_type},
                   {"url", storage_address(world_, "https://filemanager.gupshup.io" + files(), inbound.file)},
                   {"urlExpiry", inbound.at + world_.config().file_address_ms}};
    }
    Json payload{{"id", "ABEG" + token},
                 {"source", inbound.from},
                 {"type", type},
                 {"payload", std::move(content)},
                 {"sender", Json{{"phone", inbound.from}, {"name", inbound.name}}}};
    if (!inbound.reply_to.empty()) payload.set("context", Json{{"id", "gBEG"}, {"gsId", inbound.reply_to}});
    return post_to(config(), envelope(config(), "message", inbound.at, std::move(payload)));
}

}  // namespace sim
