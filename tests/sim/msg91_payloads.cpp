// Source: msg91.com/help "Webhook (New)" for SMS and WhatsApp, and "SMS webhook" (v2). Nothing is signed.
#include "msg91_payloads.hpp"

#include <ctime>

namespace sim {
namespace {

using dakiya::Json;

// MSG91 writes India time, without a zone.
std::string india_time(std::int64_t at_ms) {
    const std::time_t seconds = static_cast<std::time_t>(at_ms / 1000) + 19'800;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    return text;
}

Post post_to(const Msg91Config& config, std::string type, std::string body) {
    Post post;
    post.url = config.webhook_url;
    post.content_type = std::move(type);
    post.body = std::move(body);
    return post;
}

Post whatsapp_status(const Msg91Config& config, const Ledger& ledger, Event event) {
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    return post_to(
        config, "application/json",
        Json{{"requestId", ledger.id(event.n)},
             {"uuid", ledger.token(event.n)},
             {"crqid", ledger.ref(entry)},
             {"customerNumber", std::to_string(entry.to)},
             {"integratedNumber", config.integrated_number},
             {"direction", "1"},
             {"eventName", name_of(event.status)},
             {"status", name_of(event.status)},
             {"reason",
              failed ? "failed by the simulation (" + std::to_string(entry.timeline.code) + ")" : ""},
             {"messageType", ledger.name(entry.kind)},
             {"content", "{}"},
             {"messages", ""},
             {"button", ""},
             {"templateName", ledger.name(entry.template_name)},
             {"requestedAt", india_time(entry.at)}}
            .dump());
}

// Every value is a text, numbers too: the account owner writes the body from placeholders.
Post sms_status(const Msg91Config& config, const Ledger& ledger, Event event) {
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    return post_to(config, "application/json",
                   Json{{"requestId", ledger.id(event.n)},
                        {"status", failed ? "Failed" : "Delivered"},
                        {"telNum", std::to_string(entry.to)},
                        {"deliveryTime", india_time(entry.at + entry.timeline.at(event.status))},
                        {"requestedAt", india_time(entry.at)},
                        {"failureReason", failed ? std::to_string(entry.timeline.code) : ""},
                        {"senderId", ledger.name(entry.sender)},
                        {"smsLength", "1"},
                        {"credit", "1"},
                        {"route", "4"},
                        {"campaignName", "API"},
                        {"campaign_pid", "{{campaign_pid}}"},
                        {"clientId", "0"},
                        {"UUID", "0"},
                        {"INMSID", "0"},
                        {"CRQID", ledger.ref(entry).empty() ? "0" : ledger.ref(entry)}}
                       .dump());
}

Post old_sms_status(const Msg91Config& config, const Ledger& ledger, Event event) {
    const Entry& entry = ledger[event.n];
    const bool failed = event.status == Status::failed;
    Json report{{"date", india_time(entry.at + entry.timeline.at(event.status))},
                {"number", std::to_string(entry.to)},
                {"status", failed ? std::to_string(entry.timeline.code) : "1"},
                {"desc", failed ? "FAILED" : "DELIVERED"},
                {"failedReason", ""},
                {"amount", "0.20"},
                {"credit", "1"},
                {"ctCode", "900"},
                {"clientid", ""},
                {"INMSID", "0"},
                {"CRQID", ledger.ref(entry).empty() ? "0" : ledger.ref(entry)}};
    const Json data = Json::array({Json{{"senderId", ledger.name(entry.sender)},
                                        {"requestId", ledger.id(event.n)},
                                        {"userId", "270001"},
                                        {"campaignName", "API"},
                                        {"report", Json::array({std::move(report)})}}});
    return post_to(config, "application/x-www-form-urlencoded", encode_form({{"data", data.dump()}}));
}

}  // namespace

Post msg91_status(const Msg91Config& config, const Ledger& ledger, Event event) {
    if (ledger[event.n].whatsapp) return whatsapp_status(config, ledger, event);
    return config.old_webhook ? old_sms_status(config, ledger, event) : sms_status(config, ledger, event);
}

Post msg91_inbound(const Msg91Config& config, const Inbound& inbound) {
    // content, messages and button are JSON inside a text.
    return post_to(
        config, "application/json",
        Json{{"requestId", ""},
             {"uuid", inbound.id},
             {"crqid", "{{crqid}}"},
             {"customerNumber", inbound.from},
             {"integratedNumber", config.integrated_number},
             {"direction", "0"},
             {"eventName", "inbound"},
             {"status", "received"},
             {"reason", ""},
             {"messageType", inbound.button_payload.empty() ? "text" : "button"},
             {"content", Json{{"text", inbound.text}}.dump()},
             {"messages", ""},
             {"button", inbound.button_payload.empty()
                            ? ""
                            : Json{{"payload", inbound.button_payload}, {"text", inbound.text}}.dump()},
             {"templateName", ""},
             {"requestedAt", india_time(inbound.at)}}
            .dump());
}

}  // namespace sim
