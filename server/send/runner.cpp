#include "send/runner.hpp"

#include <algorithm>
#include <utility>

namespace dakiya::send {

namespace {

// Unix ms; 0: never.
std::int64_t closes_at(const Runner& runner) {
    const std::int64_t chunk = runner.chunk.closes_at;
    const std::int64_t files = runner.job ? runner.job->files_until : 0;
    return chunk == 0 || files == 0 ? std::max(chunk, files) : std::min(chunk, files);
}

}  // namespace

bool closed(const Runner& runner, std::int64_t now_ms) {
    const std::int64_t at = closes_at(runner);
    return at != 0 && now_ms >= at;
}

Steady closing(const Runner& runner, std::int64_t now_ms, Steady now) {
    const std::int64_t at = closes_at(runner);
    return at == 0 ? Steady::max() : now + Millis(at - now_ms);
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
    commit.suppressions = runner.suppressions;
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
