#include "send/settle.hpp"

#include <map>

#include <spdlog/spdlog.h>

#include "send/follow_up.hpp"
#include "send/verdict.hpp"
#include "store/ids.hpp"
#include "store/pending_events.hpp"

namespace dakiya::send {

namespace {

constexpr Millis round_every{1'000};
constexpr int most_at_once = 32;
constexpr std::int64_t claim_ms = 60'000;       // longer than a look-up takes
constexpr std::int64_t first_wait_ms = 60'000;  // after a look-up that found nothing; times four each time

std::string settle_input(const store::Message& message, const store::Outcome& outcome) {
    return Json{{"ref", format_id(prefix::message, message.id)},
                {"id", outcome.provider_id},
                {"address", message.address},
                {"channel", message.channel},
                {"sent_at", outcome.sent_at},
                {"label", ""}}
        .dump();
}

// The row after one more look-up that told nothing.
store::Unsettled after_lookup(store::Unsettled row, std::int64_t now_ms) {
    std::int64_t wait = first_wait_ms;
    for (int i = 0; i < row.attempts; ++i) wait *= 4;
    row.due_at = now_ms + wait;
    ++row.attempts;
    return row;
}

// Time for correlated events where no look-up can tell: providers repeat a webhook that they could not
// deliver within minutes.
constexpr std::int64_t events_only_ms = 600'000;

}  // namespace

std::int64_t settling_ms(int settle_after_s) {
    if (settle_after_s <= 0) return events_only_ms;
    std::int64_t total = std::int64_t{settle_after_s} * 1000;
    std::int64_t wait = first_wait_ms;
    for (int lookup = 1; lookup < Settle::most_lookups; ++lookup, wait *= 4) total += wait;
    return total + first_wait_ms;  // the last answer is applied, too
}

Settle::Settle(Parts parts)
    : parts_(parts), rounds_("settle", bell_, round_every, [this] {
          round();
          return false;
      }) {}

void Settle::round() {
    const std::int64_t now = parts_.clock.now_ms();
    if (!parts_.db.read([&](store::Session& session) { return store::unsettled::any_due(session, now); }))
        return;
    std::vector<store::Unsettled> rows;
    parts_.writer.run([&](store::Session& session) {
        rows = store::unsettled::take(session, now, now + claim_ms, most_at_once);
    });
    std::vector<Id> ids;
    for (const store::Unsettled& row : rows) ids.push_back(row.message);
    std::map<Id, store::Message> messages;
    std::map<Id, store::Outcome> outcomes;
    parts_.db.read([&](store::Session& session) {
        for (auto& message : store::messages::by_ids(session, ids)) messages.emplace(message.id, message);
        for (auto& outcome : store::outcomes::by_messages(session, ids))
            outcomes.emplace(outcome.message, outcome);
    });
    std::vector<Id> settled;
    std::vector<store::Unsettled> later;
    for (const store::Unsettled& row : rows) {
        const auto outcome = outcomes.find(row.message);
        const auto message = messages.find(row.message);
        if (outcome == outcomes.end() || message == messages.end() ||
            outcome->second.state != domain::State::uncertain) {
            settled.push_back(row.message);  // an event was faster
            continue;
        }
        if (look_up(row, message->second, outcome->second)) continue;
        if (row.attempts + 1 >= most_lookups)
            settled.push_back(row.message);
        else
            later.push_back(after_lookup(row, now));
    }
    if (settled.empty() && later.empty()) return;
    parts_.writer.run([&](store::Session& session) {
        store::unsettled::remove(session, settled);
        for (const store::Unsettled& row : later) store::unsettled::reschedule(session, row);
    });
}

bool Settle::look_up(const store::Unsettled& row, const store::Message& message,
                     const store::Outcome& outcome) {
    auto connection = parts_.connections.open(store::Scope{row.tenant}, row.connection);
    if (!connection || !connection->plugin->manifest().has_op("settle")) return false;
    Call call = call_to(*connection, "settle");
    call.input = settle_input(message, outcome);
    parts_.exchange.run(std::move(call), [parts = parts_, row, message](const Ended& ended) {
        std::vector<store::PendingEvent> events;
        const std::int64_t now = parts.clock.now_ms();
        for (Json event : events_of(ended)) {
            if (!event.contains("ref")) event.set("ref", format_id(prefix::message, message.id));
            events.push_back({0, row.tenant, row.connection, event.dump(), now, 0, now});
        }
        const store::Unsettled next = after_lookup(row, now);
        parts.writer.submit(
            [events, next](store::Session& session) {
                auto rows = events;
                if (!rows.empty()) {
                    Id id = store::reserve_ids(session, static_cast<std::int64_t>(rows.size()));
                    for (auto& event : rows) event.id = id++;
                    store::pending_events::insert(session, rows);
                }
                const Id message_id[] = {next.message};
                if (!rows.empty() || next.attempts >= most_lookups)
                    store::unsettled::remove(session, message_id);
                else
                    store::unsettled::reschedule(session, next);
            },
            [parts, found = !events.empty(), id = row.message](const std::exception_ptr& error) {
                if (error)
                    spdlog::error("settle: message {}: not written; it is looked up again", id);
                else if (found)
                    parts.processor.ring();
            });
    });
    return true;
}

}  // namespace dakiya::send
