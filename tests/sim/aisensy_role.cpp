// What AiSensy sends by itself: one envelope a call, signed, until it is answered with 2xx.
// Source: aisensy.stoplight.io "project-api", webhooks; the signature as two clients and a white-label manual
// have it.
#include "aisensy.hpp"

#include <algorithm>

namespace sim {

using dakiya::Json;

const Role aisensy_role = {
    .name = "aisensy",
    .throttled = 429,
    .failed = 131026,
    .retries = 10,
    .defaults = aisensy_defaults,
    .read = any_section<read_aisensy>,
    .make = make_player<AiSensy>,
    // A campaign answers with the id of the submission, the Project API with WhatsApp's.
    .id =
        [](const Ledger& ledger, std::size_t n) {
            return (ledger.name(ledger[n].kind) == "campaign" ? "" : "wamid.") + ledger.token(n);
        },
    .address = plain_digits,
};

namespace {

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
    return text;
}

Json envelope(const AiSensyConfig& config, std::string id, const char* topic, Json message) {
    return Json{{"id", std::move(id)},
                {"created_at", "2026-11-20T10:00:05.000Z"},
                {"topic", topic},
                {"delivery_attempt", 1},
                {"project_id", config.project_id},
                {"data", Json{{"message", std::move(message)}}}};
}

Json time_of(const Entry& entry, Status status) {
    const std::uint32_t after = entry.timeline.at(status);
    return after > 0 ? Json(entry.at + after) : Json();
}

}  // namespace

bool AiSensy::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post AiSensy::signed_post(const Json& body) const {
    Post post = json_post(config().webhook_url, body.dump());
    post.headers = "X-AiSensy-Project-Id: " + config().project_id + "\r\nX-AiSensy-API-Version: v1\r\n";
    if (!config().webhook_secret.empty())
        post.headers +=
            "X-AiSensy-Signature: " + hex(hmac_sha256(config().webhook_secret, post.body)) + "\r\n";
    return post;
}

// Reports of campaigns have the id of the submission, the others only WhatsApp's. The code of a failure is a
// number or a text.
Post AiSensy::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    const bool of_campaign = ledger.name(entry.kind) == "campaign";
    const std::string token = ledger.token(event.n);
    Json message{{"id", "66aa" + token},
                 {"messageId", "wamid." + token},
                 {"submitted_message_id", of_campaign ? Json(token) : Json()},
                 {"phone_number", std::to_string(entry.to)},
                 {"campaign", Json()},
                 {"status", upper(name_of(event.status))},
                 {"sent_at", time_of(entry, Status::sent)},
                 {"delivered_at", time_of(entry, Status::delivered)},
                 {"read_at", time_of(entry, Status::read)},
                 {"failureResponse", nullptr}};
    if (of_campaign) message.set("campaign", Json{{"id", "c1"}, {"name", ledger.name(entry.template_name)}});
    if (event.status == Status::failed) {
        const int code = entry.timeline.code;
        message.set("failureResponse",
                    Json{{"code", entry.to % 2 == 0 ? Json(code) : Json(std::to_string(code))},
                         {"reason", "failed by the simulation"}});
    }
    const std::string id = "65f0" + token + name_of(event.status);
    return signed_post(envelope(config(), id, "message.status.updated", std::move(message)));
}

Post AiSensy::inbound(Inbound inbound, const std::string& token) const {
    const bool button = !inbound.button_payload.empty();
    return signed_post(envelope(config(), "65f0" + token, "message.sender.user",
                                Json{{"id", "66ab" + token},
                                     {"messageId", "wamid." + token},
                                     {"phone_number", inbound.from},
                                     {"contact_id", "65" + inbound.from},
                                     {"userName", inbound.name},
                                     {"sender", "USER"},
                                     {"message_type", button ? "QUICK_REPLY" : "TEXT"},
                                     {"message_content", Json{{"text", inbound.text}}},
                                     {"sent_at", inbound.at}}));
}

}  // namespace sim
