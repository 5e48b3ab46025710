// The fast path of one message: stored, marked and sent with one commit (docs/design.md 6.3).
#pragma once

#include <memory>

#include "send/job.hpp"
#include "send/queue_runner.hpp"
#include "send/service.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// What admission left of a single message.
struct Single {
    store::Message message;          // with its id; queued, or skipped with a reason
    std::shared_ptr<const Job> job;  // how it is sent
    std::int64_t deadline_at = 0;    // Unix ms; no attempt starts later
    std::string stored_params = {};  // instead of the message's, which are not to be read in the store
};

// Returns when it is durable; by then it is on its way, unless the runner's window is full: then it waits its
// turn. Code::conflict when along.before said no, Code::too_many when a quota is used up; nothing is stored
// then. Throws what the writer throws. [any thread but the writer's]
Result<store::MessageView> store_and_send(store::Writer& writer, QueueRunner& runner, Single single,
                                          const Along& along);

}  // namespace dakiya::send
