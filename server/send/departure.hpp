// What a commit has marked leaves: one call a batch. The dispatcher says what goes, the workers make the
// calls, so that what a turn needs is allocated on the thread that works on it and frees it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "send/dispatch_input.hpp"
#include "send/exchange.hpp"
#include "send/job.hpp"

namespace dakiya::send {

struct Departure {
    std::uint64_t runner = 0;
    std::shared_ptr<const Job> job;
    Id campaign = 0;
    int per_second = 0;  // the campaign's pace
    Steady not_after;    // no request is begun later
    std::int64_t begun_at = 0;
    std::shared_ptr<Pacer::Place> place;
    std::uint64_t random = 0;  // any number, for the waits of what is to be tried again
    std::vector<store::Message> messages;
};

// Shares them out among the workers. The inbox hears `Sent` once for each call, or `NotLaunched` of those
// whose calls could not be made. Both outlive what was shared out. [any thread]
void depart(Departure departure, Exchange& exchange, Pool& workers, const DispatchInbox& inbox);

}  // namespace dakiya::send
