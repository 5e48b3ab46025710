// Plays api.sleekflow.io for one company. It reports nothing by itself: its conversations are read.
#pragma once

#include "http.hpp"
#include "sleekflow_config.hpp"
#include "sleekflow_message.hpp"
#include "text.hpp"
#include "world.hpp"

#include <string>

namespace sim {

class SleekFlow : public Player {
public:
    explicit SleekFlow(World& world) : world_(world) {}

    Reply answer(const Request& request) override;

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const SleekFlowConfig& config() const { return world_.config().of<SleekFlowConfig>(Provider::sleekflow); }
    Reply refuse(const SleekFlowRefusal& refusal);
    // The answer of a code: an HTTP error, or a 200 with a message that failed.
    Reply refusal_of(int code, const std::string& details) const;
    Reply route(const Request& request);
    Reply send(const Request& request);
    Reply send_file(const Request& request);
    Reply accept(const Message& message);
    Reply templates(const Request& request);
    Reply conversation(std::string_view id, const Request& request);
    dakiya::Json message_object(std::size_t n) const;
    std::string conversation_of(std::uint64_t to) const { return world_.ledger().token(to); }

    World& world_;
};

}  // namespace sim
