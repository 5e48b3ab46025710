#include "receive/report_share.hpp"

#include "domain/plan.hpp"
#include "store/campaigns.hpp"
#include "store/failure_share.hpp"

namespace dakiya::receive {

std::optional<domain::StopReason> too_many_failed(store::Session& session, store::Scope scope, Id campaign,
                                                  Id message) {
    const auto found = store::campaigns::find(session, scope, campaign);
    if (!found || found->state != domain::CampaignState::sending || !found->fallback.empty()) return {};
    const domain::StopRule rule = domain::stored_plan(found->plan).stop;
    if (rule.max_failed_percent >= 100) return {};
    const auto failed =
        store::failed_among(session, scope, campaign, message, rule.after, found->sending_since);
    const auto what = failed ? domain::too_large_share(*failed, rule) : std::nullopt;
    if (!what) return {};
    std::string text = *what + ", later reports counted. ";
    return domain::StopReason{text.append(domain::share_advice), false, found->sending_since};
}

}  // namespace dakiya::receive
