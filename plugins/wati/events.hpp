// WATI's webhooks: one JSON object each, unsigned (the host checks the secret in their address).
// https://docs.wati.io, support.wati.io article 14111740
#ifndef DAKIYA_WATI_EVENTS_HPP
#define DAKIYA_WATI_EVENTS_HPP

#include <vector>

#include "dakiya/provider.hpp"

namespace wati {

// Throws JsonError when it is no webhook of WATI.
std::vector<dakiya::Event> read_webhook(const dakiya::Inbound& in);

}  // namespace wati

#endif
