// Webhooks of Flow Builder: messages from people; the tenant builds the flow.
#ifndef DAKIYA_SLEEKFLOW_EVENTS_HPP
#define DAKIYA_SLEEKFLOW_EVENTS_HPP

#include <vector>

#include "dakiya/event.hpp"
#include "dakiya/json.hpp"

namespace sleekflow {

// Contacts that changed, and messages of the tenant's own people, give nothing. Throws JsonError when a
// message does not say what it is or whose.
std::vector<dakiya::Event> read_webhook(const dakiya::Json& body);

}  // namespace sleekflow

#endif
