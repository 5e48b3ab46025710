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
    std::int64_t steps = 0;      // further ones of single messages
};
Open open(Session& session);

// Campaigns that send or are scheduled pause; waiting messages outside of chunks are handed to the next
// server as ones that may have been sent, which makes them uncertain, also where the provider drops repeats:
// nobody knows how long ago the backup was made. chunks_too: so are the unsettled messages of open chunks,
// once their campaigns go on. Ids that were given out since the backup are not given out again: a provider
// would take the message for the one that it knows by that id. Notes the time, see restored_at.
void hold(Session& session, bool chunks_too, std::int64_t now_ms);

// When that was the last time (Unix ms), or 0. Nothing follows by itself what was begun before: neither a
// further step of a single message, nor one that would open a completed campaign again.
std::int64_t restored_at(Session& session);

}  // namespace dakiya::store::epoch
