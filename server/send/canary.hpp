// The canary of a campaign: its first messages are sent, everybody else is not even materialised until these
// have ended, some time has passed, and their figures are in range (domain/canary).
#pragma once

#include "base/clock.hpp"
#include "domain/plan.hpp"
#include "store/campaigns.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

class CanaryWatch {
public:
    CanaryWatch(store::Database& db, store::Writer& writer, const Clock& clock)
        : db_(db), writer_(writer), clock_(clock) {}

    enum class Step {
        go_on,    // the campaign may materialise its next page
        changed,  // it is another one in the store now: look again
        wait      // for the canary, or it is paused
    };
    // For a campaign that is sending and not materialised.
    Step step(const store::Campaign& campaign);

private:
    void begin(store::Campaign campaign, const domain::Canary& canary);
    bool ended(const store::Campaign& campaign);
    Step judge(const store::Campaign& campaign, const domain::Canary& canary);

    store::Database& db_;
    store::Writer& writer_;
    const Clock& clock_;
};

}  // namespace dakiya::send
