// What Meta sends by itself. Retries: developers.facebook.com/docs/graph-api/webhooks, anything but 200 is
// sent again with growing pauses.
#include "meta.hpp"
#include "meta_payloads.hpp"

namespace sim {

const Role meta_role = {
    .name = "meta",
    .throttled = 130429,
    .failed = 131026,
    .retries = 7,
    .gives_files = true,
    .defaults = meta_defaults,
    .read = any_section<read_meta>,
    .make = make_player<Meta>,
    .id = [](const Ledger& ledger, std::size_t n) { return "wamid.HBgM" + ledger.token(n); },
    .address = plus_digits,
};

bool Meta::reports(const Entry& /*entry*/) const { return !config().webhook_url.empty(); }

std::size_t Meta::statuses_at_once() const {
    return static_cast<std::size_t>(world_.config().statuses.batch);
}

Post Meta::statuses(const std::vector<Event>& events) const {
    return meta_statuses(config(), world_.ledger(), events);
}

Post Meta::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = "wamid.HBgI" + token;
    return meta_inbound(config(), inbound);
}

std::string Meta::handshake(const std::string& challenge) const {
    const std::string& url = config().webhook_url;
    return url + (url.find('?') == std::string::npos ? '?' : '&') +
           "hub.mode=subscribe&hub.challenge=" + challenge +
           "&hub.verify_token=" + percent_encode(config().verify_token);
}

}  // namespace sim
