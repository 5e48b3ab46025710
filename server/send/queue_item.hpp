// One message of a queue lane, from the mark to its end, and what its end changes in the store.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "send/job.hpp"
#include "send/verdict.hpp"
#include "store/messages.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

struct QueueItem {
    enum class End {
        attempted,  // `verdict` says how it went
        cancelled,  // its campaign was
        skipped,    // `skip_reason` says why
        put_back,   // not begun: due again at `due_at`
        put_off,    // not begun: its recipient may not be written to before `due_at`
        parked      // not begun: its campaign is paused
    };

    store::Queued row;
    store::Message message;
    std::shared_ptr<const Job> job;  // null: it could not be made
    std::int64_t begun_at = 0;       // Unix ms
    std::int64_t ended_at = 0;       // Unix ms
    Verdict verdict;
    std::vector<Json> events;
    End end = End::attempted;
    std::string_view skip_reason;  // skipped
    std::int64_t due_at = 0;       // put_back, put_off; Unix ms
    int per_second = 0;            // the campaign's pace; 0: none
    // The connection was lost in the commit: somebody else may have the next attempt by now, whose number is
    // this one's when this one was not counted.
    bool perhaps_written = false;
};

// Writes what these items came to, except those that somebody else holds by now. Inside a writer's unit.
void write_ended(store::Session& session, const std::vector<QueueItem>& items, std::int64_t now_ms);

}  // namespace dakiya::send
