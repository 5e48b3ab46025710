// Chunks that this server has written a moment ago, with their messages: if it is also the first to lease
// one, it sends what is here and does not read it back from the store. The newest few only; what is not here
// is read. All functions: any thread.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "store/chunks.hpp"

namespace dakiya::send {

class FreshChunks {
public:
    explicit FreshChunks(const Clock& clock) : clock_(clock) {}

    struct Fresh {
        Id campaign = 0;
        int no = 0;
        // Of the tenant's suppressions, read before those who have one were skipped.
        std::int64_t suppressions = 0;
        std::vector<store::Message> messages;  // that are to be sent, in id order
    };
    // Of a chunk that is committed and may be sent at once.
    void put(Fresh chunk);
    // For the one that has leased the chunk; nothing when messages of it may have been marked before, or
    // addresses were closed since. Chunks are leased in their order: those before it are somebody else's.
    std::optional<std::vector<store::Message>> take(const store::Chunk& chunk, std::int64_t suppressions);
    // So many chunks of the campaign wait here, and it is sent so fast, that the next page of its audience
    // has time: written now it would be read back. A slow campaign's audience is written without a stop.
    bool enough(Id campaign) const;

private:
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::deque<Fresh> chunks_;       // oldest first
    std::map<Id, Steady> taken_at_;  // by campaign, of the last moments
};

}  // namespace dakiya::send
