// What the Bird Platform sends by itself: a delivery is repeated under the same webhook-id.
#include "messagebird.hpp"
#include "messagebird_payloads.hpp"

namespace sim {

const Role messagebird_role = {
    .name = "messagebird",
    .throttled = 429,
    .failed = 1,
    .retries = 5,
    .gives_files = true,
    .defaults = messagebird_defaults,
    .read = any_section<read_messagebird>,
    .make = make_player<MessageBird>,
    .id = [](const Ledger& ledger,
             std::size_t n) { return (ledger[n].whatsapp ? "wam_" : "sms_") + ledger.token(n); },
    .address = plus_digits,
};

bool MessageBird::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post MessageBird::statuses(const std::vector<Event>& events) const {
    return messagebird_status(config(), world_.ledger(), events.front());
}

Post MessageBird::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = (inbound.whatsapp ? "wam_" : "sms_") + token;
    return messagebird_inbound(config(), inbound);
}

}  // namespace sim
