#include "send/queue_item.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "send/allowance.hpp"
#include "send/flush.hpp"
#include "send/late.hpp"

namespace dakiya::send {

namespace {

Attempt attempt_of(const QueueItem& item) {
    Attempt attempt;
    attempt.number = item.row.attempts;
    attempt.sent_at = item.begun_at;
    attempt.ended_at = item.ended_at;
    attempt.deadline_at = item.row.deadline_at;
    attempt.in_doubt = item.row.in_doubt;
    attempt.settle_after_s = item.job ? item.job->settle_after_s : 0;
    attempt.polled = item.job && item.job->polled;
    if (item.job) attempt.follow_up = item.job->follow_up;
    return attempt;
}

// Its end, whatever the policy would do with an answer that was lost.
Attempt last_attempt_of(const QueueItem& item) {
    Attempt attempt = attempt_of(item);
    attempt.follow_up.resend = false;
    return attempt;
}

// What the ends of one campaign's items come to (campaign 0: of single messages).
struct Ends {
    Flush flush;
    std::vector<Id> done;                                    // their queue rows go
    std::map<std::tuple<Id, std::string, Id>, int> in_vain;  // by tenant, channel and connection
    std::vector<Id> parked;                                  // their queue rows wait for the campaign
};

// A message counts in a quota from its first mark on; one that ended without having been sent does not.
bool counted_in_vain(const store::Outcome& outcome) {
    return outcome.state != domain::State::sent && outcome.state != domain::State::uncertain;
}

void settle(store::Session& session, const QueueItem& item, Ends& ends) {
    switch (item.end) {
        case QueueItem::End::put_back:
            // The attempt was counted when it was taken, but never begun.
            return store::queue::reschedule(session, item.row.message, item.due_at, item.row.attempts - 1,
                                            item.row.in_doubt);
        case QueueItem::End::put_off:
            return store::queue::put_off(session, item.row, item.due_at, item.due_at - item.begun_at);
        case QueueItem::End::parked:
            return ends.parked.push_back(item.row.message);
        case QueueItem::End::cancelled:
            if (item.row.in_doubt)
                ends.flush.add(item.message, not_again("its campaign was cancelled"), last_attempt_of(item));
            else
                ends.flush.add_cancelled(item.message, item.ended_at);
            break;
        case QueueItem::End::skipped:
            if (item.row.in_doubt)
                ends.flush.add(item.message, not_again(item.skip_reason), last_attempt_of(item));
            else
                ends.flush.add_skipped(item.message, item.skip_reason, item.ended_at);
            break;
        case QueueItem::End::attempted:
            for (const Json& event : item.events) ends.flush.add_event(item.message, event, item.ended_at);
            if (ends.flush.add(item.message, item.verdict, attempt_of(item))) {
                const store::Queued again = ends.flush.deferred.back();
                ends.flush.deferred.pop_back();
                return store::queue::reschedule(session, again.message, again.due_at, again.attempts,
                                                again.in_doubt);
            }
    }
    ends.done.push_back(item.row.message);
    if (counted_in_vain(ends.flush.outcomes.back()))
        ++ends.in_vain[{item.row.tenant, item.message.channel, item.row.connection}];
}

// Locked until the transaction ends: a campaign that is resumed meanwhile finds them parked, and one that
// was resumed before is seen here, so none is left behind.
void park(store::Session& session, Id campaign, const std::vector<Id>& messages) {
    if (messages.empty()) return;
    const bool paused = store::campaigns::locked_state(session, campaign) == domain::CampaignState::paused;
    store::queue::park(session, messages);
    if (!paused) store::queue::unpark(session, campaign, static_cast<int>(messages.size()));
}

// Messages of a campaign were counted as queued until now.
void count(store::Session& session, Id campaign, const Flush& flush) {
    if (campaign == 0) return;
    store::campaigns::StateCounts deltas;
    for (const store::Outcome& outcome : flush.outcomes) ++deltas[outcome.state];
    store::campaigns::add_deltas(session, campaign, deltas);
}

// Its next attempt, of which nothing was begun in this one: it is looked at anew whether it may go.
store::Queued not_begun(const QueueItem& item) {
    store::Queued row = item.row;
    row.due_at = std::max(item.due_at, item.begun_at);
    if (item.end == QueueItem::End::put_off) row.deadline_at += item.due_at - item.begun_at;
    return row;
}

// Another server took it over while we were stopped or cut off. What was stored with its mark was perhaps
// not stored at all.
void hand_on_lost(store::Session& session, const QueueItem& item, std::int64_t now_ms) {
    Flush known;
    if (item.end == QueueItem::End::attempted) {
        known.add(item.message, item.verdict, attempt_of(item));
        for (const Json& event : item.events) known.add_event(item.message, event, item.ended_at);
        for (store::Queued& again : known.deferred) {
            again.lane = item.row.lane;
            again.attempts = item.row.attempts;
            again.whereabouts = item.row.whereabouts;
        }
        if (item.verdict.untried && item.perhaps_written) known.deferred.clear();
    } else if (!item.perhaps_written &&
               !store::outcomes::by_messages(session, {&item.row.message, 1}).empty()) {
        known.deferred.push_back(not_begun(item));
    }
    if (known.empty()) return;
    hand_on(session, known, item.row.connection, item.job && item.job->sent_again(), now_ms);
}

}  // namespace

void write_ended(store::Session& session, const std::vector<QueueItem>& items, std::int64_t now_ms) {
    std::map<std::string, std::vector<Id>> by_owner;
    for (const QueueItem& item : items) by_owner[item.row.owner].push_back(item.row.message);
    std::set<Id> ours;
    for (const auto& [owner, ids] : by_owner)
        for (const Id id : store::queue::held(session, owner, ids)) ours.insert(id);

    std::map<Id, Ends> by_campaign;
    for (const QueueItem& item : items)
        if (ours.contains(item.row.message))
            settle(session, item, by_campaign[item.row.campaign]);
        else
            hand_on_lost(session, item, now_ms);
    for (const auto& [campaign, ends] : by_campaign) {
        store::queue::remove(session, ends.done);
        park(session, campaign, ends.parked);
        ends.flush.write(session, campaign);
        count(session, campaign, ends.flush);
        for (const auto& [of, messages] : ends.in_vain) {
            const auto& [tenant, channel, connection] = of;
            give_back(session, {store::Scope{tenant}, channel, connection, {}}, messages, now_ms);
        }
    }
}

}  // namespace dakiya::send
