// Interakt's webhooks.
#pragma once

#include "interakt_config.hpp"
#include "payloads.hpp"

namespace sim {

Post interakt_status(const InteraktConfig& config, const Ledger& ledger, Event event);
// file_url: of the file that comes with it; else empty.
Post interakt_inbound(const InteraktConfig& config, const Inbound& inbound, const std::string& file_url);

}  // namespace sim
