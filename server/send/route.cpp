#include "send/route.hpp"

#include "store/fallbacks.hpp"
#include "store/ids.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Campaign;

domain::Follows follows(const domain::StepRule& rule) {
    return rule.after_ms > 0 ? domain::Follows::silence : domain::Follows::failure;
}

// Pace, policy, windows and whatever else a person set is that of the campaign before.
Campaign step_after(const Campaign& from, const std::vector<domain::Step>& steps, std::int64_t now_ms) {
    const domain::Step& step = steps.front();
    Campaign made = from;
    made.parent = from.route();
    made.step = from.step + 1;
    made.state = CampaignState::sending;
    made.state_text.clear();
    made.connection = step.connection;
    made.channel = step.channel;
    made.content = domain::to_json(step.content).dump();
    made.follows = follows(step.rule);
    made.fallback.clear();
    if (steps.size() > 1) made.fallback = domain::to_json({steps.begin() + 1, steps.end()}).dump();
    made.audience_cursor = 0;
    made.materialised = true;  // its people come one by one
    made.next_chunk = 0;
    made.n_recipients = made.n_skipped = 0;
    made.scheduled_at = made.finished_at = 0;
    made.created_at = made.started_at = now_ms;
    made.version = 1;
    return made;
}

}  // namespace

Campaign open_step(store::Session& session, const Campaign& from, const std::vector<domain::Step>& steps,
                   std::int64_t now_ms) {
    for (const Campaign& known : store::campaigns::steps(session, {from.tenant}, from.route())) {
        if (known.step != from.step + 1) continue;
        store::campaigns::reopen(session, known.id);
        return *store::campaigns::find_locked(session, known.id);
    }
    Campaign made = step_after(from, steps, now_ms);
    made.id = store::reserve_ids(session, 1);
    store::campaigns::create(session, made);
    return made;
}

int change_steps(store::Session& session, const Campaign& route, domain::Action action, std::string_view text,
                 std::int64_t now_ms) {
    int changed = 0;
    for (const Campaign& known : store::campaigns::steps(session, {route.tenant}, route.id)) {
        const auto step = store::campaigns::find_locked(session, known.id);
        const auto next = domain::after(step->state, action);
        if (next && store::campaigns::set_state(session, *step, *next, text, now_ms)) ++changed;
    }
    return changed;
}

bool route_open(store::Session& session, const Campaign& route) {
    std::vector<Id> campaigns{route.id};
    for (const Campaign& step : store::campaigns::steps(session, {route.tenant}, route.id))
        campaigns.push_back(step.id);
    return store::fallbacks::anything_open(session, route.id, campaigns);
}

bool complete_route(store::Session& session, Id id, std::int64_t now_ms) {
    const auto route = store::campaigns::find_locked(session, id);
    if (!route || route->state != CampaignState::sending || !route->materialised) return false;
    if (route_open(session, *route)) return false;
    change_steps(session, *route, domain::Action::finish, "", now_ms);
    return store::campaigns::set_state(session, *route, CampaignState::completed, "", now_ms);
}

}  // namespace dakiya::send
