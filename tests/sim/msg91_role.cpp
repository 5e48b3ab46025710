// What MSG91 sends by itself. Nothing is known of repeated webhooks.
#include "msg91.hpp"
#include "msg91_payloads.hpp"

namespace sim {

const Role msg91_role = {
    .name = "msg91",
    .throttled = 429,
    .failed = 2,
    .ref_of_call = true,
    .tells_sms_sent = false,
    .defaults = msg91_defaults,
    .read = any_section<read_msg91>,
    .make = make_player<Msg91>,
    .id = [](const Ledger& ledger, std::size_t n) { return ledger.token(ledger[n].batch); },
    .address = plain_digits,
};

bool Msg91::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post Msg91::statuses(const std::vector<Event>& events) const {
    return msg91_status(config(), world_.ledger(), events.front());
}

Post Msg91::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = token;
    return msg91_inbound(config(), inbound);
}

}  // namespace sim
