#include "send/stop_counts.hpp"

#include "store/stops.hpp"

namespace dakiya::send {

namespace {

// Longer than a retry waits (domain::retry_delay without a hint).
constexpr std::int64_t forget_after_ms = 3'600'000;
constexpr std::int64_t forget_every_ms = 60'000;

// Which share of failures pauses it. Where a further step follows them, failures are no trouble.
domain::StopRule slope_of(const Job& job) {
    domain::StopRule rule = job.timing.plan.stop;
    if (job.follow_up.next) rule.max_failed_percent = 100;
    return rule;
}

}  // namespace

StopCounts::Watched& StopCounts::watched(const Job& job, std::int64_t now_ms) {
    if (now_ms >= forgotten_at_ + forget_every_ms) {
        std::erase_if(campaigns_,
                      [&](const auto& entry) { return entry.second.noted_at < now_ms - forget_after_ms; });
        forgotten_at_ = now_ms;
    }
    auto found = campaigns_.find(job.campaign.id);
    if (found == campaigns_.end())
        found = campaigns_.emplace(job.campaign.id, Watched{domain::StopRules(slope_of(job))}).first;
    Watched& watched = found->second;
    if (job.campaign.sending_since > watched.sending_since) {
        watched.sending_since = job.campaign.sending_since;
        watched.rules.begin_anew(watched.sending_since);
    }
    watched.noted_at = now_ms;
    return watched;
}

void StopCounts::note(const Job& job, std::span<const domain::Ending> endings) {
    const std::int64_t now = clock_.now_ms();
    const std::lock_guard lock(mutex_);
    domain::StopRules& rules = watched(job, now).rules;
    for (const domain::Ending& ending : endings) rules.note(ending);
}

void StopCounts::pause_if_due(const store::Campaign& campaign) {
    const std::int64_t now = clock_.now_ms();
    domain::StopReason reason;
    {
        const std::lock_guard lock(mutex_);
        const auto found = campaigns_.find(campaign.id);
        if (found == campaigns_.end() || !found->second.rules.reason()) return;
        reason = *found->second.rules.reason();
        found->second.rules.begin_anew(now);
    }
    store::stop_campaign(writer_, store::Scope{campaign.tenant}, campaign.id, reason, now);
}

}  // namespace dakiya::send
