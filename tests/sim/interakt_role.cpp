// What Interakt sends by itself. Nothing is sent again, and five failures in ten minutes end its webhooks.
#include "file_replies.hpp"
#include "interakt.hpp"
#include "interakt_payloads.hpp"

namespace sim {

const Role interakt_role = {
    .name = "interakt",
    .throttled = 429,
    .failed = 131026,
    .gives_files = true,
    .defaults = interakt_defaults,
    .read = any_section<read_interakt>,
    .make = make_player<Interakt>,
    .id = [](const Ledger& ledger, std::size_t n) { return dashed(ledger.token(n)); },
    .address = plus_digits,
};

bool Interakt::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

Post Interakt::statuses(const std::vector<Event>& events) const {
    return interakt_status(config(), world_.ledger(), events.front());
}

Post Interakt::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = dashed(token);
    const std::string url = inbound.file.empty()
                                ? ""
                                : storage_address(world_, "https://files.interakt.example/in/", inbound.file);
    return interakt_inbound(config(), inbound, url);
}

}  // namespace sim
