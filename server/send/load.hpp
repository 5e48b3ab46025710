// What a node needs before it can send a leased chunk: the job, the messages, and what the last owner may
// have left behind.
#pragma once

#include <memory>
#include <vector>

#include "send/fresh_chunks.hpp"
#include "send/job.hpp"
#include "store/chunks.hpp"

namespace dakiya::send {

struct LoadedChunk {
    std::shared_ptr<const Job> job;
    std::vector<store::Message> unmarked;    // to be marked and sent, in id order
    std::vector<store::Message> orphans;     // marked by a former owner, without an outcome
    std::vector<store::Message> suppressed;  // of `unmarked`, since they were admitted
    // Of the tenant's suppressions, when these were found.
    std::int64_t suppressions = 0;

    bool files_missing() const { return job && !job->missing.empty(); }
};

// Reads the store. The Error is why the campaign cannot go on. When files of the job are missing, nothing
// else is read: the chunk is for later.
Result<LoadedChunk> load_chunk(store::Database& db, Connections& connections, const Limits& limits,
                               const store::Campaign& campaign, const store::Chunk& chunk, FreshChunks& fresh,
                               std::int64_t now_ms);

}  // namespace dakiya::send
