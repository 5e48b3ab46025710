// Plays 2factor.in for one account: R1 transactional SMS, V1 promotional SMS, one-time codes, reports and
// credits. Source: 2Factor's API page (documenter.getpostman.com/view/301893/TWDamFGh) and its support's
// articles 5 and 14.
#pragma once

#include "http.hpp"
#include "text.hpp"
#include "twofactor_config.hpp"
#include "world.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

class TwoFactor : public Player {
public:
    explicit TwoFactor(World& world) : world_(world) {}

    Reply answer(const Request& request) override;
    void reset() override { codes_.clear(); }
    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    struct Code {
        std::uint64_t number = 0;
        std::string digits;
        bool voice = false, used = false;
    };

    const TwoFactorConfig& config() const { return world_.config().of<TwoFactorConfig>(Provider::twofactor); }
    Reply refuse(int code, std::string_view words, bool violation = false);

    Reply transactional(const Request& request);
    Reply promotional(const Request& request);
    Reply accept(std::uint64_t to, std::string_view sender, std::string_view template_name,
                 std::string_view text, std::string_view params);
    Reply one_time(const std::vector<std::string_view>& steps);
    Reply send_code(std::uint64_t number, bool voice);
    Reply verify(const std::string& session, std::string_view code, bool voice);
    Reply report(std::string_view session);

    World& world_;
    std::map<std::string, Code> codes_;  // by session
};

}  // namespace sim
