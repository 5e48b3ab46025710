// What Twilio sends by itself. It does not repeat a webhook unless the address asks for it.
#include "twilio.hpp"
#include "twilio_payloads.hpp"

namespace sim {

const Role twilio_role = {
    .name = "twilio",
    .throttled = 20429,
    .failed = 30003,
    .gives_files = true,
    .defaults = twilio_defaults,
    .read = any_section<read_twilio>,
    .make = make_player<Twilio>,
    .id =
        [](const Ledger& ledger, std::size_t n) {
            return (ledger.name(ledger[n].kind) == "media" ? "MM" : "SM") + ledger.token(n);
        },
    .address = [](const Entry& entry) { return (entry.whatsapp ? "whatsapp:" : "") + plus_digits(entry); },
};

bool Twilio::reports(const Entry& entry) const { return !world_.ledger().callback(entry).empty(); }

Post Twilio::statuses(const std::vector<Event>& events) const {
    return twilio_status(config(), world_.ledger(), events.front());
}

Post Twilio::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = (inbound.file.empty() ? "SM" : "MM") + token;
    return twilio_inbound(config(), inbound);
}

}  // namespace sim
