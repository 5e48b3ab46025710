// How far a database has come, and what a restored one must not do by itself (docs/operate.md). Of all
// tenants.
#pragma once

#include <cstdint>

#include "store/db.hpp"

namespace dakiya::store::epoch {

std::int64_t read(Session& session);
// Never back: another server may have raised it further.
void raise_to(Session& session, std::int64_t epoch);

// What would be sent, and may have been since the backup.
struct Open {
    std::int64_t campaigns = 0;  // sending or scheduled
    std::int64_t messages = 0;   // single ones, and those that were to be tried again
};
Open open(Session& session);

// Campaigns that send or are scheduled pause; waiting messages outside of chunks are handed to the next
// server as ones that may have been sent, which makes them uncertain. chunks_too: so are the unsettled
// messages of open chunks, once their campaigns go on.
void hold(Session& session, bool chunks_too, std::int64_t now_ms);

}  // namespace dakiya::store::epoch
