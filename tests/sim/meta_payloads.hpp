// Meta's webhooks.
#pragma once

#include "meta_config.hpp"
#include "payloads.hpp"
#include "text.hpp"

#include "dakiya/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

// X-Hub-Signature-256 over the raw body.
std::string meta_signature(std::string_view app_secret, std::string_view body);
// The bodies alone, for partners of Meta that pass them on without its signature.
dakiya::Json meta_statuses_body(const MetaConfig& config, const Ledger& ledger,
                                const std::vector<Event>& events);
dakiya::Json meta_inbound_body(const MetaConfig& config, const Inbound& inbound);

Post meta_statuses(const MetaConfig& config, const Ledger& ledger, const std::vector<Event>& events);
Post meta_inbound(const MetaConfig& config, const Inbound& inbound);

}  // namespace sim
