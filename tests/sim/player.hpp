// One provider as the simulator plays it: it answers requests, and writes the webhooks of what it accepted.
#pragma once

#include "http.hpp"
#include "payloads.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sim {

class Player {
public:
    Player() = default;
    virtual ~Player() = default;
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    virtual Reply answer(const Request& request) = 0;
    // Forgets what happened.
    virtual void reset() {}

    // Whether anybody asked for reports of this entry.
    virtual bool reports(const Entry& entry) const = 0;
    // How many statuses one body may hold; statuses() gets at least one and no more than that.
    virtual std::size_t statuses_at_once() const { return 1; }
    virtual Post statuses(const std::vector<Event>& events) const = 0;
    // A person writes; `token` makes the message's id. A provider without inbound throws JsonError.
    virtual Post inbound(Inbound inbound, const std::string& token) const = 0;
    // The address of the provider's GET that wants `challenge` back; empty: it asks for none.
    virtual std::string handshake(const std::string& /*challenge*/) const { return {}; }
};

}  // namespace sim
