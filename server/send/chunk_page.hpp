// Writes a page of a campaign's messages: its rows, its chunks, its counters.
#pragma once

#include <span>

#include "send/timing.hpp"

namespace dakiya::send {

// Inside a writer's unit; may run again, so it only sets the messages' ids. The cursor moves to `cursor`;
// last: there is no page after it. False when the campaign has moved on, and then nothing is written.
bool write_groups(store::Session& session, const store::Campaign& campaign, std::span<Group> groups,
                  Id cursor, bool last);

}  // namespace dakiya::send
