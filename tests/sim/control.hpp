// The door for tests: settings, ledger, violations. README.md lists the calls.
#pragma once

#include "http.hpp"
#include "world.hpp"

#include <functional>

namespace sim {

// What the control port needs of the rest of the simulator.
struct ControlHooks {
    std::function<void()> reset;                               // forget what happened
    std::function<void(const dakiya::Json& message)> inbound;  // JsonError when the message is wrong
    // {"provider"?: "meta"}: starts the provider's GET; the outcome is in `webhooks`
    std::function<void(const dakiya::Json& which)> handshake;
    std::function<dakiya::Json()> webhooks;  // what is waiting, sent and given up
};

Reply answer_control(World& world, const ControlHooks& hooks, const Request& request);

}  // namespace sim
