#include "send/runner.hpp"

#include <algorithm>
#include <utility>

#include "store/quotas.hpp"

namespace dakiya::send {

namespace {

// How many of the messages to be marked quotas and limits let through. When these are not all, the campaign
// is held until there is room again. Those that are sent again after a recovery were counted before.
std::size_t allowed(store::Session& session, const Commit& commit) {
    const auto first_new =
        std::find_if(commit.launch.begin(), commit.launch.end(),
                     [&](const store::Message& message) { return message.id >= commit.chunk.intent_id; });
    const auto again = first_new - commit.launch.begin();
    const std::span<const store::Message> wanted(first_new, commit.launch.end());
    const Allowance allowance = reserve(session, commit.quota, wanted, commit.now_ms);
    if (allowance.messages < static_cast<int>(wanted.size()))
        store::holds::put(session, commit.quota.scope, commit.chunk.campaign, allowance.opens_at,
                          allowance.text);
    return static_cast<std::size_t>(again + allowance.messages);
}

// Those of the launch that must not go any more. What a lost owner had marked may have been sent.
Flush end_overtaken(const Commit& commit, std::span<const store::Message> marked) {
    Flush flush;
    for (const store::Message& message : marked) {
        if (!commit.overtaken.contains(message.id)) continue;
        if (message.id < commit.chunk.intent_id)
            flush.add(message, lost_owner(), commit.recovered);
        else
            flush.add_skipped(message, commit.overtaken.at(message.id), commit.now_ms);
    }
    return flush;
}

}  // namespace

void write_commit(store::Session& session, Commit& commit) {
    // What the run that was written had found is still in the commit.
    if (commit.again && store::chunks::written(session, commit.chunk, commit.lease_until)) return;
    const auto pulse = store::campaigns::pulse(session, commit.chunk.campaign);
    commit.state = pulse ? pulse->state : domain::CampaignState::cancelled;
    commit.per_second = pulse ? pulse->per_second : 0;
    const bool mark =
        !commit.again && !commit.launch.empty() && commit.state == domain::CampaignState::sending;
    commit.marked = mark;
    commit.held_back = mark ? commit.launch.size() - allowed(session, commit) : 0;
    const auto marked =
        mark ? std::span<const store::Message>(commit.launch).first(commit.launch.size() - commit.held_back)
             : std::span<const store::Message>();
    commit.overtaken = mark ? overtaken(session, marked, pulse->follows) : Overtaken{};
    const Flush not_launched = end_overtaken(commit, marked);
    commit.not_launched = not_launched.totals;
    give_back(session, commit.quota, commit.flush.totals.failed + not_launched.totals.skipped, commit.now_ms);
    store::ChunkTotals totals = commit.flush.totals;
    totals.skipped += not_launched.totals.skipped;
    totals.uncertain += not_launched.totals.uncertain;
    if (commit.last) {
        store::chunks::finish(session, commit.chunk, totals);
    } else {
        if (commit.held())
            commit.intent = marked.empty() ? commit.chunk.intent_id
                                           : std::max(commit.chunk.intent_id, marked.back().id + 1);
        store::chunks::advance(session, commit.chunk, commit.cursor,
                               mark ? commit.intent : commit.chunk.intent_id, totals, commit.lease_until);
    }
    for (store::Queued& queued : commit.flush.deferred) queued.whereabouts = commit.chunk.whereabouts;
    store::queue::insert(session, commit.flush.deferred);
    commit.flush.write(session, commit.chunk.campaign);
    not_launched.write(session, commit.chunk.campaign);
}

bool closed(const store::Chunk& chunk, std::int64_t now_ms) {
    return chunk.closes_at != 0 && now_ms >= chunk.closes_at;
}

Steady closing(const store::Chunk& chunk, std::int64_t now_ms, Steady now) {
    return chunk.closes_at == 0 ? Steady::max() : now + Millis(chunk.closes_at - now_ms);
}

int unattempted(const store::Chunk& chunk, const store::ChunkTotals& add) {
    const store::ChunkTotals& t = chunk.totals;
    const auto settled = t.skipped + t.sent + t.failed + t.uncertain + t.cancelled + t.deferred +
                         add.skipped + add.sent + add.failed + add.uncertain + add.cancelled + add.deferred;
    return static_cast<int>(chunk.last_id - chunk.first_id + 1) - settled;
}

Commit next_commit(Runner& runner, int mark, std::int64_t lease_until, Steady now) {
    Commit commit;
    commit.runner = runner.id;
    commit.chunk = runner.chunk;
    commit.flush = std::exchange(runner.ready, Flush{});
    for (const store::Outcome& outcome : commit.flush.outcomes) runner.window.settle(outcome.message);
    for (const store::Queued& queued : commit.flush.deferred) runner.window.settle(queued.message);
    for (int i = 0; i < mark; ++i) {
        commit.launch.push_back(std::move(runner.unmarked.front()));
        runner.unmarked.pop_front();
    }
    const Id next = runner.next_id();
    const Id first_new = commit.launch.empty() ? next : commit.launch.front().id;
    commit.cursor = runner.window.cursor(first_new);
    // Never back: what is sent again after a recovery lies below the mark already.
    commit.intent = runner.chunk.intent_id;
    if (!commit.launch.empty()) commit.intent = std::max(commit.intent, commit.launch.back().id + 1);
    commit.last =
        runner.on_the_way == 0 && commit.launch.empty() && (runner.cancelled || runner.unmarked.empty());
    if (commit.last && runner.cancelled)
        commit.flush.totals.cancelled += unattempted(runner.chunk, commit.flush.totals);
    if (runner.job)
        commit.quota = {store::Scope{runner.job->campaign.tenant}, runner.job->campaign.channel,
                        runner.job->connection.id, runner.job->portfolio};
    // On MySQL a row that does not change looks like a lost lease: the time always moves.
    commit.lease_until = std::max(lease_until, runner.chunk.lease_until + 1);
    commit.begun = now;
    runner.committing = true;
    return commit;
}

void committed(Runner& runner, Commit& commit) {
    runner.committing = false;
    runner.committed_at = commit.begun;
    runner.per_second = commit.per_second;
    store::ChunkTotals& t = runner.chunk.totals;
    const store::ChunkTotals& add = commit.flush.totals;
    t.skipped += add.skipped + commit.not_launched.skipped;
    t.sent += add.sent;
    t.failed += add.failed;
    t.uncertain += add.uncertain + commit.not_launched.uncertain;
    t.cancelled += add.cancelled;
    t.deferred += add.deferred;
    runner.chunk.lease_until = commit.lease_until;
    runner.chunk.cursor_id = commit.cursor;
    if (commit.state != domain::CampaignState::sending) {
        runner.draining = true;
        runner.cancelled = commit.state == domain::CampaignState::cancelled;
    }
    if (!commit.marked) {
        // What was to be marked was not: it goes back to the front, in order.
        runner.unmarked.insert(runner.unmarked.begin(), commit.launch.begin(), commit.launch.end());
        return;
    }
    if (commit.held()) {
        runner.draining = true;
        const auto kept = commit.launch.end() - static_cast<std::ptrdiff_t>(commit.held_back);
        runner.unmarked.insert(runner.unmarked.begin(), kept, commit.launch.end());
        commit.launch.erase(kept, commit.launch.end());
    }
    runner.chunk.intent_id = commit.intent;
    std::erase_if(commit.launch, [&](const store::Message& m) { return commit.overtaken.contains(m.id); });
    for (const store::Message& message : commit.launch) runner.window.intend(message.id);
    runner.on_the_way += static_cast<int>(commit.launch.size());
}

}  // namespace dakiya::send
