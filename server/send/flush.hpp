// What one commit of the dispatcher writes for messages whose attempt has ended: outcomes in bulk, retries
// into the queue, counters, follow-ups. Grows from verdicts, written inside a writer's unit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "send/follow_up.hpp"
#include "send/verdict.hpp"
#include "store/campaigns.hpp"
#include "store/chunks.hpp"
#include "store/fallbacks.hpp"
#include "store/messages.hpp"
#include "store/pending_events.hpp"
#include "store/queue.hpp"
#include "store/route_people.hpp"
#include "store/status_polls.hpp"
#include "store/suppressions.hpp"

namespace dakiya::send {

// What the engine knows of an attempt beside its verdict.
struct Attempt {
    int number = 1;                // 1 for the first
    std::int64_t sent_at = 0;      // Unix ms
    std::int64_t ended_at = 0;     // Unix ms
    std::int64_t deadline_at = 0;  // no attempt may begin later
    int settle_after_s = 0;        // 0: the provider cannot look a message up
    bool in_doubt = false;         // an earlier one may have arrived
    bool polled = false;           // the provider is asked what became of a sent message
    FollowUp follow_up;
};

class Flush {
public:
    // Enters the end of one attempt. In doubt, nothing but a success is certain. Says whether it will be
    // tried again (its queue row is then among `deferred`).
    bool add(const store::Message& message, const Verdict& verdict, const Attempt& attempt);

    // Not attempted: somebody is suppressed since the message was admitted, or the campaign was cancelled.
    void add_skipped(const store::Message& message, std::string_view reason, std::int64_t now_ms);
    void add_cancelled(const store::Message& message, std::int64_t now_ms);

    // An event that came with the results; the processor applies it when it is due.
    void add_event(const store::Message& message, const Json& event, std::int64_t now_ms);

    bool empty() const { return outcomes.empty() && deferred.empty() && pending_events_.empty(); }
    std::size_t size() const { return outcomes.size() + deferred.size(); }

    // The events that came with the results.
    const std::vector<store::PendingEvent>& events() const { return pending_events_; }
    // Takes in another one, of the same campaign.
    void merge(Flush&& other);

    // Everything except the totals (a chunk counts those, see ChunkTotals) and the queue rows. Adds to
    // outcomes, unsettled, status polls, fallbacks, suppressions, pending events, the campaign's reasons and
    // the people of its route.
    void write(store::Session& session, Id campaign) const;
    // The same without the outcomes, which must be there already.
    void write_follow_ups(store::Session& session, Id campaign) const;

    std::vector<store::Outcome> outcomes;
    std::vector<store::Queued> deferred;
    store::ChunkTotals totals;

private:
    struct Blamed {  // a failure that may close its address
        Id tenant, message;
        std::string channel, address;
        domain::Class cls;
        std::int64_t at;
    };

    void defer(const store::Message& message, const Attempt& attempt, std::int64_t due_at);
    void end(const store::Message& message, store::Outcome outcome);
    void follow(const store::Message& message, const store::Outcome& outcome, const Attempt& attempt);

    std::vector<store::Unsettled> unsettled_;
    std::vector<store::StatusPoll> polls_;
    std::vector<store::Fallback> fallbacks_;
    std::vector<store::PendingEvent> pending_events_;  // ids are given when they are written
    std::vector<Blamed> blamed_;
    std::vector<store::route_people::Change> people_;
    store::campaigns::ReasonCounts reasons_;
};

}  // namespace dakiya::send
