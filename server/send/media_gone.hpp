// A provider forgot a file before its time, or could not use it (an error's "media": "gone"): it is uploaded
// once more, and what was sent with it is tried once more (docs/design.md 6.12).
#pragma once

#include "send/job.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// Nothing is sent any more with the handles that the job's content names, and send/media_transfers makes new
// ones. Not waited for; units that are submitted later find it done. [any thread]
void give_up_handles(store::Writer& writer, const Job& job, std::int64_t now_ms);

}  // namespace dakiya::send
