// What the server says of a campaign, held against what the simulator knows, person by person.
#pragma once

#include <string>

#include "world.hpp"

namespace blackbox {

struct Recipient {
    std::string message, address, state, reason, error_code;
};

// GET /v1/campaigns/{id}/recipients.csv
std::vector<Recipient> recipients(const Client& api, const std::string& campaign);

// What was on its way when a server was killed is uncertain until the provider's events tell. They carry our
// reference, so in the end only those are uncertain that never reached the provider, or failed when a server
// that was stopped past its lease says that it did not send them.
void wait_settled(World& world, const std::string& campaign, const std::string& provider, int people);

// Everybody whom the simulator accepted is in the state that it ended in, everybody else is not reached; the
// counters of the campaign add up to the same. Call it when no webhook is on its way any more.
void require_same_funnel(World& world, const std::string& campaign, const std::string& provider);

}  // namespace blackbox
