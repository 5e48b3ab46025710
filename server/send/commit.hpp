// What chunks write: outcomes of attempts that ended, the cursor, and the mark of the next micro-batch,
// before any of it is sent (docs/design.md 6.4). Commits that come together are written together.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "send/allowance.hpp"
#include "send/flush.hpp"
#include "send/overtaken.hpp"
#include "send/pacer.hpp"
#include "store/chunks.hpp"

namespace dakiya::send {

// What one commit of a chunk does. Filled before it is submitted; the last part is set by the writer.
struct Commit {
    std::uint64_t runner = 0;
    store::Chunk chunk;
    Flush flush;
    std::vector<store::Message> launch;        // marked by this commit, sent after it
    std::optional<std::int64_t> suppressions;  // as Runner has it
    std::shared_ptr<Pacer::Place> place;       // of `launch`
    Id cursor = 0;                             // everything below is settled with this commit
    Id intent = 0;                             // when `launch` is marked
    bool last = false;                         // the chunk ends with this commit
    std::int64_t lease_until = 0;              // Unix ms
    std::int64_t now_ms = 0;                   // when it was made; for outcomes that the commit itself finds
    Attempt recovered;                         // of messages that a lost owner may have sent
    Steady begun;                              // when lease_until was reckoned
    bool again = false;                        // submitted before, and nobody knows whether it was written

    domain::CampaignState state = domain::CampaignState::sending;  // as the commit found the campaign
    bool marked = false;                                           // `launch`
    int per_second = 0;
    Overtaken overtaken;              // of `launch`: skipped instead of marked; uncertain if sent before
    store::ChunkTotals not_launched;  // how these are counted
    QuotaOf quota;                    // counts `launch`
    std::size_t held_back = 0;  // the last of `launch`, so many: not marked, the campaign waits with them
    bool lost = false;          // the lease is somebody else's: nothing of it was written

    bool held() const { return held_back > 0; }
};
using Commits = std::vector<std::shared_ptr<Commit>>;

// Runs inside a writer's unit; may run again, so it only sets. A chunk whose lease is lost is left out, and
// its commit says so. With `again` it finds out whether it was written; if not, it writes everything but
// marks nothing so late.
void write_commits(store::Session& session, const Commits& commits);

}  // namespace dakiya::send
