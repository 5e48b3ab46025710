#include "receive/next_steps.hpp"

#include <map>
#include <optional>
#include <set>

#include "dakiya/json.hpp"
#include "domain/outcome.hpp"
#include "domain/route.hpp"
#include "store/campaigns.hpp"
#include "store/epoch.hpp"
#include "store/fallbacks.hpp"

namespace dakiya::receive {

namespace {

using domain::CampaignState;
using store::Outcome;

struct Next {
    Id route = 0;
    domain::StepRule rule;
};

// Of each campaign among these that has further steps.
std::map<Id, Next> next_of_campaigns(store::Session& session, const std::vector<Outcome>& changed) {
    std::set<Id> ids;
    for (const Outcome& outcome : changed)
        if (outcome.campaign != 0) ids.insert(outcome.campaign);
    std::map<Id, Next> next;
    const std::vector<Id> asked(ids.begin(), ids.end());
    for (const store::Campaign& campaign : store::campaigns::with_steps_left(session, asked))
        if (const auto rule = domain::first_rule(Json::parse(campaign.fallback)))
            next[campaign.id] = {campaign.route(), *rule};
    return next;
}

// Of each single message among these that has further steps.
std::map<Id, Next> next_of_singles(store::Session& session, const std::vector<Outcome>& changed) {
    std::vector<Id> ids;
    for (const Outcome& outcome : changed)
        if (outcome.campaign == 0) ids.push_back(outcome.message);
    std::map<Id, Next> next;
    for (const store::Message& message : store::messages::by_ids(session, ids))
        if (!message.content.empty())
            if (const auto rule = domain::first_rule(Json::parse(message.content)["fallback"]))
                next[message.id] = {0, *rule};
    return next;
}

// Whether the route still takes part. Locks it, so that it does not end beside this.
bool goes_on(store::Session& session, Id route) {
    if (route == 0) return true;
    const auto campaign = store::campaigns::find_locked(session, route);
    if (!campaign) return false;
    if (campaign->state == CampaignState::completed) {
        if (campaign->finished_at < store::epoch::restored_at(session)) return false;
        store::campaigns::reopen(session, route);
    }
    return campaign->state != CampaignState::cancelled && campaign->state != CampaignState::failed;
}

}  // namespace

void note_next_steps(store::Session& session, const std::vector<Outcome>& changed, std::int64_t now_ms) {
    if (changed.empty()) return;
    const auto campaigns = next_of_campaigns(session, changed);
    const auto singles = next_of_singles(session, changed);
    std::map<Id, bool> routes;
    std::vector<store::Fallback> rows;
    for (const Outcome& outcome : changed) {
        const auto& known = outcome.campaign != 0 ? campaigns : singles;
        const auto next = known.find(outcome.campaign != 0 ? outcome.campaign : outcome.message);
        if (next == known.end() || now_ms > outcome.sent_at + domain::late_news_ms) continue;
        const domain::Earlier earlier{outcome.state, domain::parse_class(outcome.cls), {}, outcome.sent_at};
        const auto due_at = domain::step_due(next->second.rule, earlier, now_ms);
        if (!due_at) continue;
        const Id route = next->second.route;
        if (!routes.contains(route)) routes[route] = goes_on(session, route);
        if (routes[route]) rows.push_back({outcome.message, outcome.tenant, route, *due_at});
    }
    store::fallbacks::insert(session, rows);
}

}  // namespace dakiya::receive
