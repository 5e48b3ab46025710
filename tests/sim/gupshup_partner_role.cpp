// What the partner API sends by itself: Meta's updates (format v3), unsigned, with Gupshup's own id beside
// WhatsApp's. Source: partner-docs.gupshup.io/docs/v3-message-events.
#include "gupshup.hpp"
#include "gupshup_partner.hpp"
#include "meta_payloads.hpp"

namespace sim {
namespace {

using dakiya::Json;

// gs_id is what the send call told.
void add_gs_ids(Json& value) {
    for (Json& status : value.find("statuses")->items()) {
        const std::string ours = status.at("id").text();
        status.set("gs_id", ours);
        status.set("id", "wamid.HBgM" + ours);
    }
}

Post post_to(const GupshupPartnerConfig& config, Json body) {
    body.set("gs_app_id", config.app_id);
    return json_post(config.meta.webhook_url, body.dump());
}

Json& value_of(Json& body) {
    Json& entry = body.find("entry")->items().front();
    return *entry.find("changes")->items().front().find("value");
}

}  // namespace

const Role gupshup_partner_role = {
    .name = "gupshup-partner",
    .throttled = 429,
    .failed = 131026,
    .retries = 3,
    .gives_files = true,
    .defaults = gupshup_partner_defaults,
    .read = any_section<read_gupshup_partner>,
    .make = make_player<GupshupPartner>,
    .id = [](const Ledger& ledger, std::size_t n) { return uuid_of(ledger.token(n)); },
    .address = plus_digits,
};

bool GupshupPartner::reports(const Entry& /*entry*/) const { return !config().meta.webhook_url.empty(); }

Post GupshupPartner::statuses(const std::vector<Event>& events) const {
    Json body = meta_statuses_body(config().meta, world_.ledger(), events);
    add_gs_ids(value_of(body));
    return post_to(config(), std::move(body));
}

Post GupshupPartner::inbound(Inbound inbound, const std::string& token) const {
    inbound.id = "wamid.HBgI" + token;
    return post_to(config(), meta_inbound_body(config().meta, inbound));
}

}  // namespace sim
