#include "send/campaigns.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "send/media_prepare.hpp"
#include "send/route.hpp"
#include "send/series.hpp"
#include "send/timing.hpp"
#include "store/chunks.hpp"
#include "store/fallbacks.hpp"
#include "store/queue.hpp"
#include "store/quotas.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Campaign;

constexpr int most_campaigns = 1000;
constexpr int most_unparked = 1'000;
constexpr std::uint64_t forget_at_once = 1000;

bool anything_to_do(store::Session& session, std::int64_t now_ms) {
    return store::campaigns::any_to_work_on(session, now_ms) || store::holds::any_due(session, now_ms);
}

}  // namespace

Campaigns::Campaigns(Parts parts)
    : parts_(std::move(parts)),
      materialiser_(parts_.db, parts_.writer, parts_.connections, parts_.clock, parts_.fresh),
      canary_(parts_.db, parts_.writer, parts_.clock),
      duty_("campaigns", {parts_.db, parts_.writer, parts_.clock, parts_.holder}, parts_.bell,
            {anything_to_do, [this] { return work(); }}) {}

// One page of every campaign in turn, so that a large one does not keep a small one waiting.
bool Campaigns::work() {
    start_scheduled();
    end_holds();
    bool more = false;
    const auto in_turn = [this](CampaignState state, Id& last) {
        auto turn = parts_.db.read([&](store::Session& session) {
            return store::campaigns::in_state(session, state, most_campaigns, last);
        });
        last = turn.last;
        return std::move(turn.campaigns);
    };
    std::vector<Campaign> sending = in_turn(CampaignState::sending, last_sending_);
    // A new one does not wait for all that wait for tomorrow.
    std::stable_partition(sending.begin(), sending.end(),
                          [](const Campaign& campaign) { return !campaign.materialised; });
    for (const Campaign& campaign : sending) {
        if (duty_.stopping() || !duty_.hold()) return false;
        if (!prepare_media(campaign)) continue;
        if (reopen_chunks(parts_.db, parts_.writer, campaign, parts_.clock.now_ms())) parts_.to_dispatch();
        more = unpark(campaign) || more;
        if (campaign.parent != 0) continue;  // ends with its route
        if (campaign.materialised)
            end_if_done(campaign);
        else
            more = go_on(campaign) || more;
    }
    for (const Campaign& campaign : in_turn(CampaignState::cancelled, last_cancelled_)) {
        more = unpark(campaign) || more;
        end_if_done(campaign);
    }
    return more;
}

void Campaigns::start_scheduled() {
    const std::int64_t now = parts_.clock.now_ms();
    const auto due = parts_.db.read(
        [&](store::Session& session) { return store::campaigns::to_start(session, now, most_campaigns); });
    for (const Campaign& campaign : due) {
        if (domain::stored_plan(campaign.plan).recurring()) {
            run_series(parts_.db, parts_.writer, campaign, now);
            continue;
        }
        parts_.writer.run([&](store::Session& session) {
            store::campaigns::set_state(session, campaign, CampaignState::sending, "", now);
        });
    }
}

// Says whether there is more to do at once.
bool Campaigns::go_on(const Campaign& campaign) {
    switch (canary_.step(campaign)) {
        case CanaryWatch::Step::go_on:
            return materialise(campaign);
        case CanaryWatch::Step::changed:
            return true;
        case CanaryWatch::Step::wait:
            break;
    }
    return false;
}

// A new day, or a quota that was changed.
void Campaigns::end_holds() {
    const std::int64_t now = parts_.clock.now_ms();
    if (!parts_.db.read([&](store::Session& session) { return store::holds::any_due(session, now); })) return;
    parts_.writer.run([&](store::Session& session) { store::holds::end_due(session, now, most_campaigns); });
    parts_.to_dispatch();
}

bool Campaigns::materialise(const Campaign& campaign) {
    if (parts_.fresh.enough(campaign.id)) return false;  // the end of a chunk wakes us
    const auto more = materialiser_.page(campaign);
    if (more) {
        parts_.to_dispatch();
        return true;  // the round after the last page ends the campaign, or the version had moved on
    }
    pause(campaign, more.error().text);
    return false;
}

void Campaigns::pause(const Campaign& campaign, const std::string& why) {
    spdlog::warn("campaign {} pauses: {}", campaign.id, why);
    parts_.writer.run([&](store::Session& session) {
        store::campaigns::set_state(session, campaign, CampaignState::paused, why, parts_.clock.now_ms());
    });
}

// True when it may go on: its files are at the provider, and stay there.
bool Campaigns::prepare_media(const Campaign& campaign) {
    const auto there =
        send::prepare_media(parts_.db, parts_.writer, parts_.connections, campaign, parts_.clock.now_ms());
    if (!there) pause(campaign, there.error().text);
    return there && *there;
}

// What waited while the campaign was paused is due again, a part at a time.
bool Campaigns::unpark(const Campaign& campaign) {
    const bool any = parts_.db.read(
        [&](store::Session& session) { return store::queue::any_parked(session, campaign.id); });
    if (!any) return false;
    int woken = 0;
    parts_.writer.run(
        [&](store::Session& session) { woken = store::queue::unpark(session, campaign.id, most_unparked); });
    return woken == most_unparked;
}

void Campaigns::end_if_done(const Campaign& campaign) {
    const std::int64_t now = parts_.clock.now_ms();
    const bool cancelled = campaign.state == CampaignState::cancelled;
    const bool further_steps = !campaign.fallback.empty();
    if (further_steps && campaign.parent == 0 && !cancelled) return complete(campaign);
    bool waiting = false;  // some are to be tried again
    const bool open = parts_.db.read([&](store::Session& session) {
        const bool chunks = store::chunks::any_open(session, campaign.id);
        waiting = store::queue::any_of_campaign(session, campaign.id);
        return chunks || waiting;
    });
    if (waiting && cancelled)
        parts_.writer.run([&](store::Session& session) { store::queue::hurry(session, campaign.id, now); });
    if (open) return;
    // Not before its last message has ended, which may ask for one.
    if (further_steps && cancelled) forget_steps(campaign);
    parts_.writer.run([&](store::Session& session) {
        if (cancelled)
            store::campaigns::set_finished(session, campaign, now);
        else
            store::campaigns::set_state(session, campaign, CampaignState::completed, "", now);
    });
    spdlog::info("campaign {} is {}", campaign.id, cancelled ? "closed" : "completed");
}

// A cancelled campaign begins no further step.
void Campaigns::forget_steps(const Campaign& campaign) {
    std::uint64_t forgotten = 0;
    do {
        parts_.writer.run([&](store::Session& session) {
            forgotten = store::fallbacks::forget(session, campaign.route(), static_cast<int>(forget_at_once));
        });
    } while (forgotten == forget_at_once && !duty_.stopping());
}

void Campaigns::complete(const Campaign& route) {
    if (parts_.db.read([&](store::Session& session) { return route_open(session, route); })) return;
    bool done = false;
    parts_.writer.run(
        [&](store::Session& session) { done = complete_route(session, route.id, parts_.clock.now_ms()); });
    if (done) spdlog::info("campaign {} is completed, with its further steps", route.id);
}

}  // namespace dakiya::send
