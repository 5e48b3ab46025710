// One leased chunk on its way through the dispatcher. Plain state and the decisions about it; the
// dispatcher's thread owns it and does the I/O.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "send/commit.hpp"
#include "send/job.hpp"
#include "send/window.hpp"

namespace dakiya::send {

struct Runner {
    std::uint64_t id = 0;
    store::Chunk chunk;
    std::shared_ptr<const Job> job;
    std::deque<store::Message> unmarked;  // not marked yet, in id order
    // Of the tenant's suppressions, when the unmarked ones were looked up; nothing: they were not.
    std::optional<std::int64_t> suppressions;
    Window window;
    Flush ready;         // ended attempts that are not committed yet
    int on_the_way = 0;  // messages whose attempt has not ended
    int per_second = 0;  // the campaign's pace, as the last commit read it
    bool committing = false;
    bool draining = false;    // marks nothing more: paused, cancelled or stopping
    bool cancelled = false;   // the campaign was: what is left ends with the chunk
    bool files_gone = false;  // its provider cannot use them any more
    bool done = false;        // its last commit is written
    bool lost = false;        // the lease is somebody else's: waits for what is on its way, and hands it on
    bool yields = false;      // drains because others have a right to its slot
    Steady leased_at;         // since when it has its slot
    Id first_new = 0;         // a lost owner had marked those below, and may have sent them
    std::uint64_t marked_no = 0;        // of its last mark, counted over all runners
    Steady usable_until;                // of the lease, by the local clock
    std::shared_ptr<Commit> unwritten;  // failed for a reason that passes; submitted again at retry_at
    Steady retry_at;
    Steady committed_at;

    // By a lost owner, who may have sent it; it waits to be sent again.
    bool marked_before(const store::Message& message) const { return message.id < chunk.intent_id; }
    // The first id that is not marked.
    Id next_id() const { return unmarked.empty() ? chunk.last_id + 1 : unmarked.front().id; }
    bool idle() const { return on_the_way == 0 && !committing; }
};

// Whether nothing may be marked any more with what was read when the chunk was leased: its opening is over,
// or its files have ended at the provider. It goes back, and the next lease reads anew.
bool closed(const Runner& runner, std::int64_t now_ms);
// The same moment by the local clock: no request may begin later.
Steady closing(const Runner& runner, std::int64_t now_ms, Steady now);

// How many messages of the chunk end without an attempt when the campaign is cancelled now.
int unattempted(const store::Chunk& chunk, const store::ChunkTotals& add);

// The next commit of an idle runner: outcomes so far, and the first `mark` messages of unmarked.
Commit next_commit(Runner& runner, int mark, std::int64_t lease_until, Steady now);

// A commit that succeeded, seen by the runner. What is left in `launch` was marked and is the caller's to
// send.
void committed(Runner& runner, Commit& commit);

}  // namespace dakiya::send
