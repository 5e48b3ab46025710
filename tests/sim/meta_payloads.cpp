// Source: developers.facebook.com/docs/whatsapp/cloud-api/webhooks and /docs/graph-api/webhooks (signature).
#include "meta_payloads.hpp"

#include "files.hpp"
#include "meta_errors.hpp"

namespace sim {
namespace {

using dakiya::Json;

Json envelope(const MetaConfig& config, Json value) {
    Json change{{"field", "messages"}, {"value", std::move(value)}};
    return Json{{"object", "whatsapp_business_account"},
                {"entry",
                 Json::array({Json{{"id", config.waba_id}, {"changes", Json::array({std::move(change)})}}})}};
}

Post signed_post(const MetaConfig& config, const Json& body) {
    Post post = json_post(config.webhook_url, body.dump());
    post.headers = "X-Hub-Signature-256: " + meta_signature(config.app_secret, post.body) + "\r\n";
    return post;
}

Json metadata(const MetaConfig& config) {
    return Json{{"display_phone_number", config.display_phone_number},
                {"phone_number_id", config.phone_number_id}};
}

Json status_of(const Ledger& ledger, const Event& event) {
    const Entry& entry = ledger[event.n];
    Json status{{"id", ledger.id(event.n)},
                {"status", name_of(event.status)},
                {"timestamp", std::to_string((entry.at + entry.timeline.at(event.status)) / 1000)},
                {"recipient_id", std::to_string(entry.to)}};
    if (const std::string_view ref = ledger.ref(entry); !ref.empty())
        status.set("biz_opaque_callback_data", ref);
    if (event.status == Status::sent)
        status.set(
            "pricing",
            Json{{"billable", true}, {"pricing_model", "PMP"}, {"type", "regular"}, {"category", "utility"}});
    if (event.status == Status::failed) {
        const std::string title = meta_error_title(entry.timeline.code);
        status.set("errors",
                   Json::array({Json{{"code", entry.timeline.code},
                                     {"title", title},
                                     {"message", title},
                                     {"error_data", Json{{"details", "failed by the simulation"}}}}}));
    }
    return status;
}

}  // namespace

std::string meta_signature(std::string_view app_secret, std::string_view body) {
    return "sha256=" + hex(hmac_sha256(app_secret, body));
}

Json meta_statuses_body(const MetaConfig& config, const Ledger& ledger, const std::vector<Event>& events) {
    Json statuses = Json::array();
    for (const Event& event : events) statuses.push_back(status_of(ledger, event));
    return envelope(config, Json{{"messaging_product", "whatsapp"},
                                 {"metadata", metadata(config)},
                                 {"statuses", std::move(statuses)}});
}

Json meta_inbound_body(const MetaConfig& config, const Inbound& inbound) {
    Json message{
        {"from", inbound.from}, {"id", inbound.id}, {"timestamp", std::to_string(inbound.at / 1000)}};
    if (!inbound.file.empty()) {
        const std::string kind = kind_of_file(inbound.file_type);
        Json file{
            {"id", inbound.file}, {"mime_type", inbound.file_type}, {"sha256", "not checked by anybody"}};
        if (!inbound.text.empty()) file.set("caption", inbound.text);
        message.set("type", kind);
        message.set(kind, std::move(file));
    } else if (inbound.button_payload.empty()) {
        message.set("type", "text");
        message.set("text", Json{{"body", inbound.text}});
    } else {
        message.set("type", "button");
        message.set("button", Json{{"payload", inbound.button_payload}, {"text", inbound.text}});
    }
    if (!inbound.reply_to.empty())
        message.set("context", Json{{"from", config.display_phone_number}, {"id", inbound.reply_to}});
    Json contact{{"profile", Json{{"name", inbound.name}}}, {"wa_id", inbound.from}};
    return envelope(config, Json{{"messaging_product", "whatsapp"},
                                 {"metadata", metadata(config)},
                                 {"contacts", Json::array({std::move(contact)})},
                                 {"messages", Json::array({std::move(message)})}});
}

Post meta_statuses(const MetaConfig& config, const Ledger& ledger, const std::vector<Event>& events) {
    return signed_post(config, meta_statuses_body(config, ledger, events));
}

Post meta_inbound(const MetaConfig& config, const Inbound& inbound) {
    return signed_post(config, meta_inbound_body(config, inbound));
}

}  // namespace sim
