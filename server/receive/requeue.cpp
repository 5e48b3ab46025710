#include "receive/requeue.hpp"

#include <optional>
#include <set>

#include "store/campaigns.hpp"
#include "store/queue.hpp"
#include "store/route_people.hpp"

namespace dakiya::receive {

namespace {

using domain::CampaignState;
using domain::State;

store::Lane lane_of(const Json& again, const store::Outcome& outcome) {
    if (outcome.campaign != 0) return store::Lane::campaign;
    const auto otp = static_cast<int>(store::Lane::otp);
    return again.value("lane", -1) == otp ? store::Lane::otp : store::Lane::single;
}

store::Queued row_of(const Json& again, const Incoming& incoming, const store::Outcome& outcome) {
    store::Queued row;
    row.message = outcome.message;
    row.tenant = outcome.tenant;
    row.campaign = outcome.campaign;
    row.connection = incoming.connection;
    row.lane = lane_of(again, outcome);
    row.due_at = again.at("due_at").integer();
    row.deadline_at = again.at("deadline_at").integer();
    row.attempts = static_cast<int>(again.at("attempts").integer());
    row.whereabouts = again.at("whereabouts").text();
    return row;
}

// The campaign that began the message's route and its own, locked, so that neither ends beside this; of a
// single message none. Nothing when one was stopped.
std::optional<std::vector<store::Campaign>> campaigns_of(store::Session& session,
                                                         const store::Outcome& outcome) {
    std::vector<store::Campaign> found;
    if (outcome.campaign == 0) return found;
    const auto own = store::campaigns::find(session, store::Scope{outcome.tenant}, outcome.campaign);
    if (!own) return std::nullopt;
    for (const Id id : std::set<Id>{own->route(), own->id}) {
        auto locked = store::campaigns::find_locked(session, id);
        if (!locked || locked->state == CampaignState::cancelled || locked->state == CampaignState::failed)
            return std::nullopt;
        found.push_back(*std::move(locked));
    }
    return found;
}

// It was counted as uncertain, and is open again.
void reopen(store::Session& session, const std::vector<store::Campaign>& campaigns,
            const store::Outcome& outcome) {
    if (outcome.campaign == 0) return;
    for (const store::Campaign& campaign : campaigns)
        if (campaign.state == CampaignState::completed) store::campaigns::reopen(session, campaign.id);
    store::campaigns::add_deltas(session, outcome.campaign, {{State::uncertain, -1}});
    const store::route_people::Change change{outcome.message, State::uncertain, State::queued};
    store::route_people::count(session, {&change, 1});
}

}  // namespace

Again requeue(store::Session& session, const Incoming& incoming, Id message, const store::Outcome* outcome) {
    const Json& again = incoming.event["again"];
    if (!again.is_object()) return Again::no;
    if (!outcome) return store::queue::present(session, {&message, 1}).empty() ? Again::no : Again::over;
    if (outcome->tenant != incoming.tenant) return Again::no;
    const store::Queued row = row_of(again, incoming, *outcome);
    if (outcome->state != State::uncertain || outcome->attempts != row.attempts) return Again::over;
    const auto campaigns = campaigns_of(session, *outcome);
    if (!campaigns || !store::queue::requeue(session, row)) return Again::no;
    reopen(session, *campaigns, *outcome);
    return Again::queued;
}

}  // namespace dakiya::receive
