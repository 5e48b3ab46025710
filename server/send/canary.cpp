#include "send/canary.hpp"

#include <spdlog/spdlog.h>

#include "domain/canary.hpp"
#include "send/audience.hpp"
#include "store/chunks.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

namespace {

using domain::State;
using store::Campaign;
using store::CanaryState;

domain::CanaryFigures figures_of(const store::CampaignStats& stats) {
    const auto count = [&](State state) {
        const auto found = stats.by_state.find(state);
        return found == stats.by_state.end() ? 0 : found->second;
    };
    domain::CanaryFigures figures;
    figures.delivered = count(State::delivered) + count(State::read);
    figures.sent = count(State::sent) + figures.delivered;
    figures.failed = count(State::failed);
    figures.uncertain = count(State::uncertain);
    for (const auto& reason : stats.reasons)  // the most frequent first
        if (figures.worst_reason.empty() && reason.state == State::failed)
            figures.worst_reason = reason.reason;
    return figures;
}

}  // namespace

CanaryWatch::Step CanaryWatch::step(const Campaign& campaign) {
    if (campaign.canary == CanaryState::over) return Step::go_on;
    const auto canary = domain::stored_plan(campaign.plan).canary;
    if (!canary) return Step::go_on;
    if (campaign.canary == CanaryState::none) {
        begin(campaign, *canary);
        return Step::changed;
    }
    if (campaign.canary_left > 0) return Step::go_on;
    const std::int64_t now = clock_.now_ms();
    if (campaign.canary_ended_at == 0) {
        if (!ended(campaign)) return Step::wait;
        Campaign waiting = campaign;
        waiting.canary_ended_at = now;
        writer_.run([&](store::Session& session) { store::campaigns::set_canary(session, waiting); });
        return Step::changed;
    }
    if (now < campaign.canary_ended_at + std::int64_t{canary->hold_s} * 1000) return Step::wait;
    return judge(campaign, *canary);
}

void CanaryWatch::begin(Campaign campaign, const domain::Canary& canary) {
    const auto audience = parse_audience(Json::parse(campaign.audience));
    // One that cannot be read is the materialiser's to say. Only a percentage needs the size.
    std::int64_t size = 0;
    if (audience && canary.count == 0)
        size = db_.read([&](store::Session& session) {
            return audience_size(session, store::Scope{campaign.tenant}, *audience);
        });
    campaign.canary = CanaryState::under_way;
    campaign.canary_left = domain::canary_size(canary, size);
    writer_.run([&](store::Session& session) { store::campaigns::set_canary(session, campaign); });
}

// Those that are tried again later are waited for.
bool CanaryWatch::ended(const Campaign& campaign) {
    return db_.read([&](store::Session& session) {
        return !store::chunks::any_open(session, campaign.id) &&
               !store::queue::any_of_campaign(session, campaign.id);
    });
}

CanaryWatch::Step CanaryWatch::judge(const Campaign& campaign, const domain::Canary& canary) {
    const auto refusal = db_.read([&](store::Session& session) {
        const auto stats = store::campaigns::stats(session, store::Scope{campaign.tenant}, campaign);
        return domain::canary_refusal(canary, figures_of(stats));
    });
    // Over in either case: when a person resumes it, it goes on with everybody.
    Campaign over = campaign;
    over.canary = CanaryState::over;
    writer_.run([&](store::Session& session) {
        if (!store::campaigns::set_canary(session, over) || !refusal) return;
        Campaign written = over;
        ++written.version;
        store::campaigns::set_state(session, written, domain::CampaignState::paused, *refusal,
                                    clock_.now_ms());
    });
    if (!refusal) return Step::changed;
    spdlog::warn("campaign {} pauses after its canary: {}", campaign.id, *refusal);
    return Step::wait;
}

}  // namespace dakiya::send
