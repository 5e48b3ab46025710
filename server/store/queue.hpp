// Messages outside of chunks: singles, replies, and campaign messages that are tried again later. A row
// lives from admission to outcome.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.hpp"
#include "store/messages.hpp"

namespace dakiya::store {

enum class Lane : std::int16_t { otp = 0, single = 1, campaign = 2 };

struct Queued {
    Id message = 0;
    Id tenant = 0;
    Id campaign = 0;
    Id connection = 0;
    Lane lane = Lane::single;
    std::int64_t due_at = 0;
    std::int64_t deadline_at = 0;  // no attempt starts later than this
    int attempts = 0;              // begun so far
    std::string owner;             // who has taken and marked it; empty: nobody yet
    std::int64_t lease_until = 0;  // of the owner
    std::string whereabouts;  // of the recipient, when the campaign's time depends on it (domain/opening)
    bool in_doubt = false;    // an earlier attempt may have arrived
};

namespace queue {

// A row with an owner is marked from the start.
void insert(Session& session, std::span<const Queued> rows);
// Of a message whose owner was lost, and which it surely had not sent: in place of its outcome, the row of
// its next attempt. False, and nothing changes, when the outcome is another one than `uncertain` for that
// reason, or another message has followed it.
bool requeue(Session& session, const Queued& row);
// Leases and marks up to `limit` due rows in one UPDATE and counts the attempt. `owner` must be new for
// every call. Left out is what an event reports as sent by an earlier attempt (pending_events): when that is
// applied, there is no further one.
std::vector<Queued> take(Session& session, Lane lane, std::string_view owner, std::int64_t now_ms,
                         std::int64_t until_ms, int limit);
// Of these, the ones that `owner` still holds, locked until the transaction ends. Only of those may an
// outcome be written.
std::vector<Id> held(Session& session, std::string_view owner, std::span<const Id> messages);
void remove(Session& session, std::span<const Id> messages);
// Of these, the ones that were attempted before and wait for the next attempt, locked until the transaction
// ends.
std::vector<Queued> tried_before(Session& session, std::span<const Id> messages);
// Of these, the ones that may have been sent, whether they wait or are sent again right now.
std::vector<Id> in_doubt(Session& session, std::span<const Id> messages);
// All that `owner` took stays its own until then.
void renew(Session& session, std::string_view owner, std::int64_t until_ms);
// Of these, the ones that have a row.
std::vector<Id> present(Session& session, std::span<const Id> messages);
// All that `owner` took is due again, and its attempt does not count: nothing of it was begun.
void give_back(Session& session, std::string_view owner, std::int64_t due_at);
// Nothing was sent, or it may be tried again: due later, unmarked.
void reschedule(Session& session, Id message, std::int64_t due_at, int attempts, bool in_doubt);
// The time until then does not count: its deadline is moved by as much.
void put_off(Session& session, const Queued& row, std::int64_t due_at, std::int64_t by_ms);
// Marked rows of the lane whose lease ended: their requests may have left. Taken over by `owner`.
bool any_expired(Session& session, Lane lane, std::int64_t now_ms);
std::vector<Queued> take_expired(Session& session, Lane lane, std::string_view owner, std::int64_t now_ms,
                                 std::int64_t until_ms, int limit);
// Of a paused campaign and not begun: nobody takes them before unpark(), and the attempt does not count.
void park(Session& session, std::span<const Id> messages);
bool any_parked(Session& session, Id campaign);
// Makes at most `limit` of them due at once. Returns how many.
int unpark(Session& session, Id campaign, int limit);
// A cancelled campaign's rows need not wait for their time to be closed.
void hurry(Session& session, Id campaign, std::int64_t now_ms);
bool any_of_campaign(Session& session, Id campaign);
// The earliest due time of a lane, or 0 when it is empty.
std::int64_t next_due(Session& session, Lane lane);

}  // namespace queue

}  // namespace dakiya::store
