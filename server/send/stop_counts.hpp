// What the answers to a campaign's sends say against it (domain/stop_rules), counted in memory on this
// server. First attempts and those out of `queue` count together, in the order in which they end; what
// reports say is counted by receive/stop_watch. [any thread]
#pragma once

#include <map>
#include <mutex>
#include <span>

#include "base/clock.hpp"
#include "domain/stop_rules.hpp"
#include "send/job.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

class StopCounts {
public:
    StopCounts(store::Writer& writer, const Clock& clock) : writer_(writer), clock_(clock) {}

    // job: the campaign's. What was begun before the campaign was resumed does not count.
    void note(const Job& job, std::span<const domain::Ending> endings);
    // Once what was noted is durable: pauses the campaign when a rule says so. Does not wait for it.
    void pause_if_due(const store::Campaign& campaign);

private:
    struct Watched {
        domain::StopRules rules;
        std::int64_t sending_since = 0;  // Unix ms
        std::int64_t noted_at = 0;       // Unix ms
    };
    Watched& watched(const Job& job, std::int64_t now_ms);  // under mutex_

    store::Writer& writer_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<Id, Watched> campaigns_;  // under mutex_; those that were noted lately
    std::int64_t forgotten_at_ = 0;    // under mutex_; Unix ms
};

}  // namespace dakiya::send
