// Plays backend.aisensy.com (Campaign API) and apis.aisensy.com (Project API) for one project.
#pragma once

#include "aisensy_config.hpp"
#include "http.hpp"
#include "text.hpp"
#include "world.hpp"

#include <string>

namespace sim {

class AiSensy : public Player {
public:
    explicit AiSensy(World& world) : world_(world) {}

    Reply answer(const Request& request) override;

    bool reports(const Entry& entry) const override;
    Post statuses(const std::vector<Event>& events) const override;
    Post inbound(Inbound inbound, const std::string& token) const override;

private:
    const AiSensyConfig& config() const { return world_.config().of<AiSensyConfig>(Provider::aisensy); }
    Reply refuse(int status, std::string_view text, bool violation = false);

    Reply campaign_api(const Request& request, std::string_view path);
    const AiSensyCampaign* campaign_named(std::string_view name) const;
    Reply details(std::string_view campaign);
    Reply send(const dakiya::Json& body);

    Reply project_api(const Request& request, std::string_view path);
    Reply message(const Request& request);
    Reply state(std::string_view id);

    Reply accept(Message message, std::string_view refused_with);
    Post signed_post(const dakiya::Json& body) const;

    World& world_;
};

}  // namespace sim
