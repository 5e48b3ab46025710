// Webhooks of the old APIs: SMS reports as a GET or a form, Conversations as JSON.
#ifndef DAKIYA_MESSAGEBIRD_LEGACY_EVENTS_HPP
#define DAKIYA_MESSAGEBIRD_LEGACY_EVENTS_HPP

#include <vector>

#include "dakiya/provider.hpp"

namespace messagebird::legacy {

std::vector<dakiya::Event> parse_events(const dakiya::Inbound& in);

}  // namespace messagebird::legacy

#endif
