// Which of several messages to one person says how that person fares (statistics of a route).
#pragma once

#include "domain/message.hpp"

namespace dakiya::domain {

// read > delivered > sent > uncertain > on its way (sending, queued) > failed > cancelled > skipped. Unlike
// the order of one message's states: a person whose first message failed is better off with a second one
// queued.
bool outdoes(State one, State other);

}  // namespace dakiya::domain
