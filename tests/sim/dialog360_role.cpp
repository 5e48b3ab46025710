// What 360dialog sends by itself: Meta's updates, unsigned, with the header that was registered. Retries:
// docs.360dialog.com, webhook reference, anything but 200 is sent again for days with growing pauses.
#include "dialog360.hpp"
#include "meta_payloads.hpp"

namespace sim {
namespace {

Post post_to(const Dialog360Config& config, const dakiya::Json& body) {
    Post post = json_post(config.meta.webhook_url, body.dump());
    if (!config.header.empty()) post.headers = config.header + ": " + config.secret + "\r\n";
    return post;
}

}  // namespace

const Role dialog360_role = {
    .name = "dialog360",
    .throttled = 429,
    .failed = 131026,
    .retries = 7,
    .gives_files = true,
    .defaults = dialog360_defaults,
    .read = any_section<read_dialog360>,
    .make = make_player<Dialog360>,
    .id = [](const Ledger& ledger, std::size_t n) { return "wamid.HBgM" + ledger.token(n); },
    .address = plus_digits,
};

bool Dialog360::reports(const Entry& /*entry*/) const { return !config().meta.webhook_url.empty(); }

std::size_t Dialog360::statuses_at_once() const {
    return static_cast<std::size_t>(world_.config().statuses.batch);
}

Post Dialog360::statuses(const std::vector<Event>& events) const {
    return post_to(config(), meta_statuses_body(config().meta, world_.ledger(), events));
}

Post Dialog360::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = "wamid.HBgI" + token;
    return post_to(config(), meta_inbound_body(config().meta, inbound));
}

}  // namespace sim
