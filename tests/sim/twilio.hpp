// Plays api.twilio.com, content.twilio.com and messaging.twilio.com for one account; their paths do not
// collide.
#pragma once

#include "http.hpp"
#include "twilio_config.hpp"
#include "twilio_message.hpp"
#include "world.hpp"

#include <string>
#include <vector>

namespace sim {

class Twilio : public Player {
public:
    explicit Twilio(World& world) : world_(world) {}

    Reply answer(const Request& request) override;

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const TwilioConfig& config() const { return world_.config().of<TwilioConfig>(Provider::twilio); }
    Reply error(int code, std::string_view details) const;
    Reply refuse(const TwilioRefusal& refusal);
    TwilioRefusal check_caller(const Request& request) const;
    Reply route(const Request& request);
    Reply core(const Request& request, std::string_view path);
    Reply content(const Request& request, const std::vector<std::string_view>& steps);

    Reply send(const Request& request);
    Reply list(const Request& request);
    Reply message(std::string_view sid);
    Reply media(std::string_view message, std::string_view sid);
    dakiya::Json resource(std::size_t n);
    Reply content_page(const Request& request, bool approvals);

    // Of mms.twiliocdn.com, where files are kept.
    std::string storage() const { return '/' + config().account_sid + '/'; }

    World& world_;
};

}  // namespace sim
