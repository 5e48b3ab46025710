// Events whose message is not there yet: a provider may tell what happened before its own answer reached
// us. Also events that are due later.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "store/db.hpp"

namespace dakiya::store {

struct PendingEvent {
    Id id = 0;
    Id tenant = 0;
    Id connection = 0;
    std::string event;  // JSON, as the plugin gave it
    std::int64_t due_at = 0;
    int attempts = 0;  // that found no message
    std::int64_t received_at = 0;
    Id told_sent = 0;  // the message that it reports as sent: store/queue does not give it out; 0: none
};

namespace pending_events {

// Gives them their ids.
void insert(Session& session, const std::vector<PendingEvent>& events);
// Takes due ones of all tenants by moving their due time to `until_ms`: others see them only after that.
std::vector<PendingEvent> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit);
// Writes due_at and attempts.
void reschedule(Session& session, const PendingEvent& event);
void remove(Session& session, std::span<const Id> ids);

}  // namespace pending_events

}  // namespace dakiya::store
