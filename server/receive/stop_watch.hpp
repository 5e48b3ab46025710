// What reports say against a campaign that still sends: the stop rules over news that come after the answers
// (docs/design.md 6.5). Counted in memory and on this server alone: a report tells of one message only once,
// to one server, and a server that sees a share of ten in a row sees ten a little later. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "domain/stop_rules.hpp"
#include "receive/apply.hpp"
#include "store/messages.hpp"

namespace dakiya::receive {

// What an event that said `said` tells of the attempt whose end is `outcome` by now, and was `before`.
// Nothing when it tells nothing new, or the message is of no campaign.
std::optional<Report> report_of(const store::Outcome& outcome, domain::State before, domain::State said);

class StopWatch {
public:
    struct Stop {
        Id tenant = 0, campaign = 0;
        domain::StopReason reason;
    };
    // So many failures were reported that the share is to be looked at (receive/report_share).
    struct Look {
        Id tenant = 0, campaign = 0;
        Id message = 0;  // in the middle of these failures
    };
    struct Due {
        std::vector<Stop> stops;
        std::vector<Look> looks;
    };

    // reports: of one batch, in the order in which they came. What is to be done now, for each campaign once.
    // What was begun before a stop counts no more, whether the campaign was still sending or not.
    Due note(std::span<const Report> reports, std::int64_t now_ms);

private:
    struct Watched {
        Id tenant = 0;
        domain::StopRules rules;
        std::vector<Id> failed;  // since the last look
        std::int64_t noted_at = 0;
    };

    std::map<Id, Watched> campaigns_;  // of which failures were reported lately
};

}  // namespace dakiya::receive
