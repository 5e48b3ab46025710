// Pausing a campaign that must not go on as it is (domain/stop_rules): by the answers to its sends, and by
// the reports that come later.
#pragma once

#include "domain/stop_rules.hpp"
#include "store/scope.hpp"
#include "store/writer.hpp"

namespace dakiya::store {

// Nothing happens unless the campaign is sending, and was begun or resumed before the attempts that the
// reason rests on: whoever resumes it forgives the earlier ones. True: it is paused now, and its connection
// needs attention when the reason says so.
bool stop_campaign(Session& session, Scope scope, Id campaign, const domain::StopReason& reason,
                   std::int64_t now_ms);

// The same in a unit of its own, which is not waited for. When it cannot be written, the log says so, and the
// next such failures try again.
void stop_campaign(Writer& writer, Scope scope, Id campaign, const domain::StopReason& reason,
                   std::int64_t now_ms);

}  // namespace dakiya::store
