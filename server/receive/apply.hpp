// Applies what providers told us: finds the message of each event within the tenant, moves its state
// forward, keeps the event, credits the campaign (docs/design.md 6.5). Works on a batch, with a handful of
// statements for all of it, inside a writer's unit.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "dakiya/json.hpp"
#include "domain/stop_rules.hpp"
#include "store/db.hpp"

namespace dakiya::receive {

struct Incoming {
    Id tenant = 0;
    Id connection = 0;
    Json event;  // sdk/schema/record/event.schema.json
    std::int64_t received_at = 0;
};

// What an event said of a campaign's message, for the stop rules: it failed after all (once for each
// message), or it is on its way or arrived.
struct Report {
    Id tenant = 0, campaign = 0, message = 0;
    domain::Ending ending;
};

struct Applied {
    // By index: those whose message is not there (yet). The caller keeps them and tries again.
    std::vector<std::size_t> unmatched;
    // Of these, the messages that they report as sent, which have no outcome yet.
    std::map<std::size_t, Id> told_sent;
    // By index, with why: events that cannot be used, whatever comes.
    std::vector<std::pair<std::size_t, std::string>> useless;
    std::vector<Report> reports;  // in the order of their events
};

Applied apply(store::Session& session, const std::vector<Incoming>& events, std::int64_t now_ms);

}  // namespace dakiya::receive
