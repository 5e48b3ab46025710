#include "store/stops.hpp"

#include <spdlog/spdlog.h>

#include "store/campaigns.hpp"
#include "store/connections.hpp"

namespace dakiya::store {

bool stop_campaign(Session& session, Scope scope, Id campaign, const domain::StopReason& reason,
                   std::int64_t now_ms) {
    const auto found = campaigns::find_locked(session, campaign);
    if (!found || found->tenant != scope.tenant || found->state != domain::CampaignState::sending ||
        reason.begun_at < found->sending_since)
        return false;
    if (reason.of_connection)
        connections::set_state(session, scope, found->connection, connection_state::needs_attention,
                               reason.text, now_ms);
    return campaigns::set_state(session, *found, domain::CampaignState::paused, reason.text, now_ms);
}

void stop_campaign(Writer& writer, Scope scope, Id campaign, const domain::StopReason& reason,
                   std::int64_t now_ms) {
    const auto stopped = std::make_shared<bool>(false);
    writer.submit(
        [=](Session& session) { *stopped = stop_campaign(session, scope, campaign, reason, now_ms); },
        [=, text = reason.text](const std::exception_ptr& error) {
            if (error)
                spdlog::error("campaign {}: could not be paused; it is tried again: {}", campaign, text);
            else if (*stopped)
                spdlog::warn("campaign {} pauses: {}", campaign, text);
        });
}

}  // namespace dakiya::store
