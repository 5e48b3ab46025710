// What WATI sends by itself: one event a call, unsigned, repeated 144 times.
// Source: support.wati.io article 14111740; docs.wati.io, webhooks.
#include "wati.hpp"

namespace sim {

using dakiya::Json;

const Role wati_role = {
    .name = "wati",
    .throttled = 429,
    .failed = 131026,
    .retries = 144,
    .gives_files = true,
    .defaults = wati_defaults,
    .read = any_section<read_wati>,
    .make = make_player<Wati>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(n); },
    .address = plain_digits,
};

namespace {

Post post_to(const WatiConfig& config, const Json& body) {
    return json_post(config.webhook_url, body.dump());
}

// Older accounts have the names without _v2; here some numbers do.
const char* event_type(Status status, bool of_template, bool older) {
    switch (status) {
        case Status::delivered:
            return older ? "sentMessageDELIVERED" : "sentMessageDELIVERED_v2";
        case Status::read:
            return older ? "sentMessageREAD" : "sentMessageREAD_v2";
        case Status::failed:
            return of_template ? "templateMessageFailed" : "sessionMessageFailed";
        case Status::sent:
        case Status::accepted:
            break;
    }
    if (of_template) return older ? "templateMessageSent" : "templateMessageSent_v2";
    return older ? "sessionMessageSent" : "sessionMessageSent_v2";
}

const char* word_of(Status status) {
    if (status == Status::delivered) return "Delivered";
    if (status == Status::read) return "Read";
    return status == Status::failed ? "Failed" : "SENT";
}

}  // namespace

bool Wati::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

// Only what was sent names the recipient; later events have our id and nothing of the person.
Post Wati::statuses(const std::vector<Event>& events) const {
    const Ledger& ledger = world_.ledger();
    const Event& event = events.front();
    const Entry& entry = ledger[event.n];
    const bool of_template = ledger.name(entry.kind) == "template";
    const std::string token = ledger.token(event.n), ref(ledger.ref(entry));
    Json body{{"eventType", event_type(event.status, of_template, entry.to % 7 == 0)},
              {"statusString", word_of(event.status)},
              {"localMessageId", ref.empty() ? token : ref},
              {"id", "m" + token},
              {"whatsappMessageId", "wamid." + token},
              {"conversationId", "66a" + std::to_string(entry.to)},
              {"ticketId", "66b" + std::to_string(entry.to)},
              {"text", ledger.text(entry)},
              {"type", of_template ? "template" : "text"},
              {"timestamp", std::to_string((entry.at + entry.timeline.at(event.status)) / 1000)},
              {"channelId", nullptr},
              {"channelPhoneNumber", config().phone_number}};
    if (event.status == Status::sent) {
        body.set("waId", std::to_string(entry.to));
        body.set("templateName", ledger.name(entry.template_name));
    }
    if (event.status == Status::failed) {
        body.set("failedCode", std::to_string(entry.timeline.code));
        body.set("failedDetail", "failed by the simulation");
    }
    return post_to(config(), body);
}

Post Wati::inbound(Inbound inbound, const std::string& token) const {
    const bool button = !inbound.button_payload.empty(), file = !inbound.file.empty();
    return post_to(config(),
                   Json{{"id", "m" + (file ? inbound.file : token)},
                        {"whatsappMessageId", "wamid." + token},
                        {"conversationId", "66a" + inbound.from},
                        {"ticketId", "66b" + inbound.from},
                        {"text", inbound.text},
                        {"type", file     ? kind_of_file(inbound.file_type)
                                 : button ? "button"
                                          : "text"},
                        {"data", file ? Json("data/images/" + inbound.file) : Json()},
                        {"timestamp", std::to_string(inbound.at / 1000)},
                        {"owner", false},
                        {"eventType", "message"},
                        {"statusString", "SENT"},
                        {"waId", inbound.from},
                        {"senderName", inbound.name},
                        {"listReply", nullptr},
                        {"interactiveButtonReply", nullptr},
                        {"buttonReply",
                         button ? Json{{"payload", inbound.button_payload}, {"text", inbound.text}} : Json()},
                        {"replyContextId", inbound.reply_to},
                        {"channelId", nullptr},
                        {"channelPhoneNumber", config().phone_number},
                        {"bsuid", nullptr}});
}

}  // namespace sim
