// The row in `queue` of a single message that follows another one: by a route, or by a person's word.
#pragma once

#include "send/job.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

// Due at once, and tried as long as a message that came just now.
inline store::Queued due_at_once(const store::Message& message, std::int64_t now_ms) {
    store::Queued row;
    row.message = message.id;
    row.tenant = message.tenant;
    row.connection = message.connection;
    row.lane = store::Lane::single;
    row.due_at = now_ms;
    row.deadline_at = now_ms + single_patience_ms;
    return row;
}

}  // namespace dakiya::send
