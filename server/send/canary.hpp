// The canary of a campaign: its first messages are sent, everybody else is not even materialised until these have
// ended, some time has passed, and their figures are in range (domain/canary).
#pragma once

#include "base/clock.hpp"
#include "store/campaigns.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

class CanaryWatch {
public:
    CanaryWatch(store::Database& db, store::Writer& writer, const Clock& clock)
        : db_(db), writer_(writer), clock_(clock) {}

    // One step for a campaign that is sending. True when it may materialise its next page, as it is in the
    // store now; false: it waits, was paused, or has changed in the store.
    bool may_go_on(const store::Campaign& campaign);

private:
    void begin(store::Campaign campaign, const domain::Canary& canary);
    bool ended(const store::Campaign& campaign);
    void judge(const store::Campaign& campaign, const domain::Canary& canary);

    store::Database& db_;
    store::Writer& writer_;
    const Clock& clock_;
};

}  // namespace dakiya::send
