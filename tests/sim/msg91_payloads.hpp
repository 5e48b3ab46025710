// MSG91's webhooks.
#pragma once

#include "msg91_config.hpp"
#include "payloads.hpp"
#include "text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sim {

Post msg91_status(const Msg91Config& config, const Ledger& ledger, Event event);
Post msg91_inbound(const Msg91Config& config, const Inbound& inbound);

}  // namespace sim
