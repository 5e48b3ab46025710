// Plays live-mt-server.wati.io for one account: v3, and what v3 lacks.
#pragma once

#include "http.hpp"
#include "text.hpp"
#include "wati_config.hpp"
#include "wati_message.hpp"
#include "world.hpp"

#include <string>
#include <vector>

namespace sim {

class Wati : public Player {
public:
    // The code of a rule whose recipients WATI takes for invalid: they have no row in the answer.
    static constexpr int left_out = 1;

    explicit Wati(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override { broadcasts_.clear(); }

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    struct Broadcast {
        std::uint32_t batch;
        std::string name;
    };

    const WatiConfig& config() const { return world_.config().of<WatiConfig>(Provider::wati); }
    Reply refuse(int status, std::string_view text, bool violation = false);
    Reply route(const Request& request);
    Reply newest(const Request& request, std::string_view path);
    Reply older(const Request& request, std::string_view path);

    Reply send_template(const Request& request);
    dakiya::Json accept(const WatiBroadcast& broadcast, const Verdict& first, bool cut, std::uint32_t batch);
    Reply send_message(const Request& request, std::string_view kind);

    Reply templates(const Form& query);
    Reply broadcasts(const Form& query);
    Reply recipients(std::string_view id, const Form& query);

    World& world_;
    std::vector<Broadcast> broadcasts_;
};

}  // namespace sim
