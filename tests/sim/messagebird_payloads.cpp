#include "messagebird_payloads.hpp"

#include "role.hpp"
#include "text.hpp"
#include "world.hpp"

#include <ctime>

namespace sim {
namespace {

using dakiya::Json;

Post signed_post(const MessageBirdConfig& config, const std::string& id, const Json& body) {
    Post post = json_post(config.webhook_url, body.dump());
    const std::string time = std::to_string(now_ms() / 1000);
    post.headers = "webhook-id: " + id + "\r\nwebhook-timestamp: " + time + "\r\nwebhook-signature: " +
                   messagebird_signature(config.webhook_secret, id, time, post.body) + "\r\n";
    return post;
}

}  // namespace

std::string bird_time(std::int64_t ms) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

Json bird_error(const Entry& entry) {
    const char* code = entry.timeline.code == 1 ? (entry.whatsapp ? "undeliverable" : "invalid_destination")
                       : entry.timeline.code == 2
                           ? (entry.whatsapp ? "recipient_suppressed" : "recipient_opted_out")
                           : "unknown";
    return {{"code", code}, {"description", "the simulation let it fail"}};
}

std::string messagebird_signature(std::string_view secret, std::string_view id, std::string_view time,
                                  std::string_view body) {
    if (secret.starts_with("whsec_")) secret.remove_prefix(6);
    std::string text(id);
    text.append(".").append(time).append(".").append(body);
    return "v1," + base64(hmac_sha256(base64_decode(secret), text));
}

Post messagebird_status(const MessageBirdConfig& config, const Ledger& ledger, Event event) {
    const Entry& entry = ledger[event.n];
    const std::string id = ledger.id(event.n), sender(ledger.name(entry.sender));
    const std::string word =
        event.status == Status::failed && !entry.whatsapp ? "undelivered" : name_of(event.status);
    Json data{{entry.whatsapp ? "whatsapp_id" : "sms_id", id}, {"workspace_id", "ws_1"}, {"tags", nullptr}};
    if (entry.whatsapp) {
        data.set("direction", "outbound");
        data.set("to", Json{{"phone_number", plus_digits(entry)}});
        data.set("from", Json{{"phone_number", sender}});
    } else {
        data.set("to", plus_digits(entry));
        data.set("from", sender);
        data.set("cost", Json{{"amount", "0.00790"}, {"currency_code", "USD"}});
    }
    data.set("metadata", Json{{"ref", ledger.ref(entry)}});
    if (event.status == Status::failed) data.set("error", bird_error(entry));
    const std::string type = (entry.whatsapp ? "whatsapp." : "sms.") + word;
    return signed_post(config, "msg_" + id + word,
                       Json{{"type", type},
                            {"timestamp", bird_time(entry.at + entry.timeline.at(event.status))},
                            {"data", std::move(data)}});
}

Post messagebird_inbound(const MessageBirdConfig& config, const Inbound& inbound) {
    Json data{{inbound.whatsapp ? "whatsapp_id" : "sms_id", inbound.id},
              {"workspace_id", "ws_1"},
              {"tags", nullptr},
              {"metadata", nullptr}};
    if (inbound.whatsapp) {
        data.set("direction", "inbound");
        data.set("from", Json{{"phone_number", '+' + inbound.from}});
        data.set("to", Json{{"phone_number", config.whatsapp_senders.at(0)}});
        if (!inbound.file.empty())
            data.set(kind_of_file(inbound.file_type),
                     Json{{"id", "f" + inbound.file},
                          {"url", "https://media.platform.bird.com" + std::string(bird_files) + inbound.file},
                          {"mime_type", inbound.file_type},
                          {"caption", inbound.text}});
        else if (inbound.button_payload.empty())
            data.set("text", Json{{"body", inbound.text}});
        else
            data.set("unsupported", Json{{"type", "interactive"}});  // which button it was is not told
    } else {
        data.set("from", '+' + inbound.from);
        data.set("to", config.senders.back());
        data.set("text", inbound.text);
    }
    return signed_post(config, "msg_" + inbound.id,
                       Json{{"type", inbound.whatsapp ? "whatsapp.received" : "sms.received"},
                            {"timestamp", bird_time(inbound.at)},
                            {"data", std::move(data)}});
}

}  // namespace sim
