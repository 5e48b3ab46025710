// Interakt's webhooks.
#pragma once

#include "interakt_config.hpp"
#include "payloads.hpp"

namespace sim {

Post interakt_status(const InteraktConfig& config, const Ledger& ledger, Event event);
Post interakt_inbound(const InteraktConfig& config, const Inbound& inbound);

}  // namespace sim
