#include "send/commit.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "store/quotas.hpp"

namespace dakiya::send {

namespace {

using store::campaigns::Pulse;

// How the commits find their campaigns; each campaign is looked at once.
class Pulses {
public:
    explicit Pulses(store::Session& session) : session_(session) {}

    const std::optional<Pulse>& of(Id campaign) {
        const auto [found, is_new] = known_.try_emplace(campaign);
        if (is_new) found->second = store::campaigns::pulse(session_, campaign);
        return found->second;
    }

private:
    store::Session& session_;
    std::map<Id, std::optional<Pulse>> known_;
};

// The first of the launch that are marked.
std::span<const store::Message> to_mark(const Commit& commit) {
    const std::span<const store::Message> launch(commit.launch);
    return commit.marked ? launch.first(launch.size() - commit.held_back) : launch.first(0);
}

// Those of the launch that must not go any more. What a lost owner had marked may have been sent.
Flush end_overtaken(const Commit& commit) {
    Flush flush;
    for (const store::Message& message : to_mark(commit)) {
        const auto why = commit.overtaken.find(message.id);
        if (why == commit.overtaken.end()) continue;
        if (message.id < commit.chunk.intent_id)
            flush.add(message, lost_owner(), commit.recovered);
        else
            flush.add_skipped(message, why->second, commit.now_ms);
    }
    return flush;
}

// Those that were not written before. What the run that was written had found is still in its commit.
std::vector<Commit*> unwritten(store::Session& session, const Commits& commits) {
    std::vector<Commit*> left;
    for (const std::shared_ptr<Commit>& commit : commits) {
        commit->lost = false;
        try {
            if (commit->again && store::chunks::written(session, commit->chunk, commit->lease_until))
                continue;
        } catch (const store::LeaseLost&) {
            commit->lost = true;
            continue;
        }
        left.push_back(commit.get());
    }
    return left;
}

// Those that are sent again after a recovery come first, and were counted before.
std::span<const store::Message> not_counted(const Commit& commit) {
    const auto first =
        std::find_if(commit.launch.begin(), commit.launch.end(),
                     [&](const store::Message& message) { return message.id >= commit.chunk.intent_id; });
    return {first, commit.launch.end()};
}

// Quotas and limits may let only the first of the launch through. Then the campaign is held until there is
// room again.
void hold_back(store::Session& session, Commit& commit, WithoutQuota& without_quota) {
    commit.held_back = 0;
    if (commit.marked) {
        const auto wanted = not_counted(commit);
        const Allowance allowance = reserve(session, commit.quota, wanted, commit.now_ms, without_quota);
        commit.held_back = wanted.size() - static_cast<std::size_t>(allowance.messages);
        if (commit.held())
            store::holds::put(session, commit.quota.scope, commit.chunk.campaign, allowance.opens_at,
                              allowance.text);
        const auto marked = to_mark(commit);
        commit.intent =
            marked.empty() ? commit.chunk.intent_id : std::max(commit.chunk.intent_id, marked.back().id + 1);
    }
}

// What was reserved and is not sent: the lease is lost, or the attempt failed.
void return_unused(store::Session& session, const Commit& commit) {
    const auto reserved = commit.marked ? static_cast<int>(not_counted(commit).size() - commit.held_back) : 0;
    const int unused = commit.lost ? reserved : commit.flush.totals.failed + commit.not_launched.skipped;
    give_back(session, commit.quota, unused, commit.now_ms);
}

void look_at_campaigns(store::Session& session, const std::vector<Commit*>& commits) {
    Pulses pulses(session);
    WithoutQuota without_quota;
    std::vector<Launch> launches;
    for (Commit* commit : commits) {
        const auto& pulse = pulses.of(commit->chunk.campaign);
        commit->state = pulse ? pulse->state : domain::CampaignState::cancelled;
        commit->per_second = pulse ? pulse->per_second : 0;
        commit->marked =
            !commit->again && !commit->launch.empty() && commit->state == domain::CampaignState::sending;
        commit->overtaken.clear();
        hold_back(session, *commit, without_quota);
        if (commit->marked)
            launches.push_back({to_mark(*commit), pulse->follows, commit->suppressions, &commit->overtaken});
    }
    find_overtaken(session, launches);
}

// False when the chunk is not ours any more. Its fence keeps the statement from changing anything then, so
// nothing is to be undone.
bool move_marks(store::Session& session, Commit& commit, const store::ChunkTotals& totals) {
    try {
        if (commit.last)
            store::chunks::finish(session, commit.chunk, totals);
        else
            store::chunks::advance(session, commit.chunk, commit.cursor,
                                   commit.marked ? commit.intent : commit.chunk.intent_id, totals,
                                   commit.lease_until);
        return true;
    } catch (const store::LeaseLost&) {
        return false;
    }
}

// One statement for many rows costs the database half of what many statements do.
void write_outcomes(store::Session& session, const std::vector<std::pair<const Flush*, Id>>& ended) {
    std::vector<std::span<const store::Outcome>> outcomes;
    for (const auto& [flush, campaign] : ended) outcomes.emplace_back(flush->outcomes);
    store::outcomes::append(session, outcomes);
}

}  // namespace

void write_commits(store::Session& session, const Commits& commits) {
    const std::vector<Commit*> left = unwritten(session, commits);
    look_at_campaigns(session, left);
    std::deque<Flush> skipped;
    std::vector<std::pair<const Flush*, Id>> ended;  // with its campaign
    for (Commit* commit : left) {
        const Flush& not_launched = skipped.emplace_back(end_overtaken(*commit));
        commit->not_launched = not_launched.totals;
        store::ChunkTotals totals = commit->flush.totals;
        totals.skipped += not_launched.totals.skipped;
        totals.uncertain += not_launched.totals.uncertain;
        commit->lost = !move_marks(session, *commit, totals);
        return_unused(session, *commit);
        if (commit->lost) continue;
        for (store::Queued& queued : commit->flush.deferred) queued.whereabouts = commit->chunk.whereabouts;
        store::queue::insert(session, commit->flush.deferred);
        ended.emplace_back(&commit->flush, commit->chunk.campaign);
        ended.emplace_back(&not_launched, commit->chunk.campaign);
    }
    write_outcomes(session, ended);
    for (const auto& [flush, campaign] : ended) flush->write_follow_ups(session, campaign);
}

}  // namespace dakiya::send
