// Webhooks that this server has stored a moment ago, on their way to its processor. Their rows say that they
// are taken, as if the processor had taken them from the table, so nobody reads them back. Those that are
// lost here, with the process, are due again when that claim runs out. [any thread]
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "store/webhooks.hpp"

namespace dakiya::receive {

// How long the work of a server that is gone waits. Should it take longer, another server does it too, and
// changes nothing: outcomes are locked before they are moved, and an event is kept once.
inline constexpr std::int64_t claim_ms = 5'000;

class Handover {
public:
    // Whether there is room for this webhook; then it must be followed by put() or give_up(). When it is
    // full, nothing comes in before all is taken: what waits in the table is older.
    bool admit(const store::Webhook& webhook);

    // It is stored.
    void put(store::Webhook webhook);
    // It was not stored, or was a repeat.
    void give_up(const store::Webhook& webhook);

    // The next ones, oldest first. Those whose claim has run out are left to whoever takes them from the
    // table.
    std::vector<store::Webhook> take(std::size_t most, std::int64_t now_ms);

private:
    std::mutex mutex_;
    std::deque<store::Webhook> stored_;
    std::size_t bytes_ = 0;  // of all that were admitted and not taken
    bool full_ = false;
};

}  // namespace dakiya::receive
