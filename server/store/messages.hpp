// Messages and what became of them. A message row is written once; its outcome is appended when an
// attempt ends and moved forward by events (server/domain/message.hpp has the rules).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/message.hpp"
#include "store/db.hpp"
#include "store/scope.hpp"

namespace dakiya::store {

struct Message {
    Id id = 0;
    Id tenant = 0;
    domain::Origin origin = domain::Origin::single;
    Id campaign = 0, connection = 0, contact = 0;  // 0: none
    std::string channel, address;
    domain::State state = domain::State::queued;  // as admitted: queued or skipped; received when inbound
    std::string reason;                           // why it was skipped
    std::string params;                           // JSON: the recipient's variables
    std::string content;                          // JSON, empty for campaign messages
    std::int64_t created_at = 0;
    Id after = 0;  // the message that this one follows (store/follow_ups); 0: none
};

// How the last attempt ended, and what events said since.
struct Outcome {
    Id message = 0;
    Id tenant = 0;
    Id campaign = 0;
    domain::State state = domain::State::sent;
    std::string provider_id;      // empty: none
    std::string cls, code, text;  // of a failure; empty otherwise
    int parts = 0;                // SMS segments, 0: unknown
    std::int64_t cost = 0;        // millionths of the connection's currency
    int attempts = 1;
    std::int64_t sent_at = 0, updated_at = 0;
};

// A message as people see it.
struct MessageView {
    Message message;
    std::optional<Outcome> outcome;
    domain::State state = domain::State::queued;  // of both together
};

struct MessageEvent {
    Id message = 0;
    Id tenant = 0;
    std::string dedupe;  // names the happening; one row each
    std::string kind;
    domain::State state = domain::State::queued;
    std::string cls, code, text;
    std::int64_t at = 0, received_at = 0;
};

struct MessageFilter {
    Id campaign = 0;      // 0: any
    std::string address;  // exact; empty: any
    // These are looked for among the messages, of which one call sees 20,000.
    std::optional<domain::State> state;
    std::string cls;     // of the error; empty: any
    std::string reason;  // as the campaign's statistics name it: why it was skipped or failed; empty: any
};

// A page of a list. `next`: where the next one goes on, 0 at the end. A page may hold fewer messages than
// were asked for, even none, and go on.
struct MessagePage {
    std::vector<MessageView> rows;
    Id next = 0;
};

namespace messages {

void insert(Session& session, std::span<const Message> messages);
std::optional<MessageView> find(Session& session, Scope scope, Id id);
// Those that exist, in no order.
std::vector<MessageView> find_many(Session& session, Scope scope, std::span<const Id> ids);
// Newest first, ids below `before` (0: from the newest).
MessagePage list(Session& session, Scope scope, const MessageFilter& filter, Id before, int limit);
// The recipients of filter.campaign, oldest first, ids above `after`.
MessagePage recipients(Session& session, Scope scope, const MessageFilter& filter, Id after, int limit);
// What is still to be attempted of a chunk, in id order, ids from `from` to `last`: queued messages of which
// nothing is written, neither an outcome nor a row in the queue.
struct Unattempted {
    Message message;
    bool suppressed = false;  // its address is closed
};
std::vector<Unattempted> unattempted(Session& session, Id from, Id last);
std::vector<Message> by_ids(Session& session, std::span<const Id> ids);
// Of these, the ones that follow another message.
std::vector<Message> followers(Session& session, std::span<const Id> ids);

std::vector<MessageEvent> events(Session& session, Scope scope, Id message);
// Rows that are there already stay as they are.
void insert_events(Session& session, std::span<const MessageEvent> events);

}  // namespace messages

namespace outcomes {

void append(Session& session, std::span<const Outcome> outcomes);
void append(Session& session, std::span<const std::span<const Outcome>> lists);
std::vector<Outcome> by_messages(Session& session, std::span<const Id> messages);
// Of this tenant only. Several messages may share a provider id (a batch has one).
std::vector<Outcome> by_provider_ids(Session& session, Scope scope, std::span<const std::string> ids);
// Sets the state of outcomes that are in `from` now; returns how many were.
std::uint64_t move(Session& session, std::span<const Id> messages, domain::State from, domain::State next,
                   std::int64_t now_ms);
// Replaces an outcome's fields (a failure with its reason, a settled uncertain one) while in `from`.
bool replace(Session& session, const Outcome& outcome, domain::State from);
}  // namespace outcomes

// Uncertain messages that are still being looked up.
struct Unsettled {
    Id message = 0;
    Id tenant = 0;
    Id connection = 0;
    std::int64_t due_at = 0;
    int attempts = 0;  // look-ups so far
};

namespace unsettled {

void insert(Session& session, std::span<const Unsettled> rows);
bool any_due(Session& session, std::int64_t now_ms);
// Claims due rows by moving their due time to `until_ms`: another node sees them only after that.
std::vector<Unsettled> take(Session& session, std::int64_t now_ms, std::int64_t until_ms, int limit);
void reschedule(Session& session, const Unsettled& row);
void remove(Session& session, std::span<const Id> messages);

}  // namespace unsettled

}  // namespace dakiya::store
