// What reports say against a campaign that still sends: the stop rules over news that come after the answers
// (docs/design.md 6.5). Counted in memory and on this server alone: a report tells of one message only once,
// to one server, and a server that sees a share of ten in a row sees ten a little later. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "domain/stop_rules.hpp"
#include "receive/apply.hpp"

namespace dakiya::receive {

class StopWatch {
public:
    struct Stop {
        Id tenant = 0, campaign = 0;
        domain::StopReason reason;
    };

    // reports: of one batch, in the order in which they came. What it returns is to be paused, a campaign
    // once; what was begun before counts no more then, whether it was still sending or not.
    std::vector<Stop> note(std::span<const Report> reports, std::int64_t now_ms);

private:
    struct Watched {
        Id tenant = 0;
        domain::StopRules rules;
        std::int64_t noted_at = 0;
    };

    std::map<Id, Watched> campaigns_;  // of which failures were reported lately
};

}  // namespace dakiya::receive
