// Plays api.interakt.ai/v1/public for one account.
#pragma once

#include "http.hpp"
#include "interakt_config.hpp"
#include "interakt_message.hpp"
#include "text.hpp"
#include "world.hpp"

#include <string>

namespace sim {

class Interakt : public Player {
public:
    explicit Interakt(World& world) : world_(world) {}

    Reply answer(const Request& request) override;

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const InteraktConfig& config() const { return world_.config().of<InteraktConfig>(Provider::interakt); }
    // Codes are HTTP statuses, 200 among them: a refusal that looks like a success.
    Reply refuse(int status, const std::string& message, bool violation = false);
    Reply route(const Request& request);
    Reply send(const Request& request);
    Reply templates(const Request& request);
    Reply create_template(const Request& request);

    World& world_;
};

// "b3c1e6e0-…" from 32 hex digits.
std::string dashed(const std::string& token);

}  // namespace sim
