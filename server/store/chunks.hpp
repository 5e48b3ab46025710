// Chunks of a campaign's messages: leased as a whole, one conditional UPDATE, fenced ever after
// (docs/design.md 6.4). Nothing here counts or scans recipients.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/messages.hpp"

namespace dakiya::store {

struct ChunkTotals {
    int skipped = 0, sent = 0, failed = 0, uncertain = 0, cancelled = 0;
    int deferred = 0;  // handed to the queue to be tried later; its outcome is counted there
};

struct Chunk {
    Id campaign = 0;
    int no = 0;
    Id tenant = 0;
    Id first_id = 0, last_id = 0;
    Id cursor_id = 0;  // everything below is settled
    Id intent_id = 0;  // everything below may have been sent
    bool done = false;
    std::string owner;
    std::int64_t fence = 0;
    std::int64_t lease_until = 0;  // Unix ms
    ChunkTotals totals;
    std::int64_t not_before = 0;  // Unix ms; 0: at once
    std::int64_t closes_at = 0;   // Unix ms: nothing is marked from then on; 0: never
    std::string whereabouts;      // of its people (domain/opening)
};

// Somebody else holds the chunk now: whatever was to be written must not be.
class LeaseLost : public std::runtime_error {
public:
    LeaseLost() : std::runtime_error("the lease of the chunk was lost") {}
};

namespace chunks {

void create(Session& session, const Chunk& chunk);
enum class Lease {
    open,       // not done, and its time has come; or abandoned
    abandoned,  // whose owner is gone and left messages that may have been sent: they must be settled,
                // whether or not it is time to send more
    left,       // abandoned; or whose owner is gone, whatever it left, and whose time has come
};
// Takes the first such chunk of the campaign that nobody has. `owner` must be new for every call. except:
// numbers of chunks that the caller works on: should their time be over, its next commit renews it.
std::optional<Chunk> lease(Session& session, Id campaign, std::string_view owner, std::int64_t now_ms,
                           std::int64_t until_ms, Lease which = Lease::open,
                           std::span<const int> except = {});
// Whether lease() would find one.
bool any_free(Session& session, Id campaign, std::int64_t now_ms, Lease which,
              std::span<const int> except = {});
// Moves cursor and intent, adds to the totals, extends the lease. Throws LeaseLost when the fence moved.
void advance(Session& session, const Chunk& chunk, Id cursor, Id intent, const ChunkTotals& add,
             std::int64_t until_ms);
// The last advance: the chunk is done and free.
void finish(Session& session, const Chunk& chunk, const ChunkTotals& add);
// After an advance or finish of which nobody knows whether it was committed: was it? `until_ms` is the
// lease that it wrote, new with each. Throws LeaseLost when the fence moved; locks the row.
bool written(Session& session, const Chunk& chunk, std::int64_t until_ms);
// Gives it back before its time. Not an error when it was lost meanwhile.
void release(Session& session, const Chunk& chunk);
bool any_open(Session& session, Id campaign);

// Chunks that closed before they were done, and are free: what they have in common.
struct Closed {
    std::int64_t closes_at = 0;
    std::string whereabouts;
};
std::vector<Closed> closed(Session& session, Id campaign, std::int64_t now_ms);
// Gives those of one kind their next time.
void reopen(Session& session, Id campaign, const Closed& closed, std::int64_t not_before,
            std::int64_t closes_at, std::int64_t now_ms);
// From now on it does not matter when they may be sent: what is left of a cancelled campaign is not sent.
void open_all(Session& session, Id campaign);

}  // namespace chunks

}  // namespace dakiya::store
