#include "send/settle.hpp"

#include <map>

#include "send/follow_up.hpp"
#include "send/verdict.hpp"

namespace dakiya::send {

namespace {

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

Settle::Settle(Inquiry parts)
    : parts_(std::move(parts)),
      duty_("settle", {parts_.db, parts_.writer, parts_.clock, parts_.holder}, bell_,
            {store::unsettled::any_due, [this] {
                 page();
                 return false;
             }}) {}

void Settle::page() {
    const std::int64_t now = parts_.clock.now_ms();
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
    parts_.exchange.run(std::move(call), [heard = parts_.heard(), row, id = message.id](const Ended& ended) {
        std::vector<Json> events = events_of(ended);
        for (Json& event : events)
            if (!event.contains("ref")) event.set("ref", format_id(prefix::message, id));
        const store::Unsettled next = after_lookup(row, heard.clock.now_ms());
        const bool over = !events.empty() || next.attempts >= most_lookups;
        heard.write(row.tenant, row.connection, events, [next, over](store::Session& session) {
            const Id message_id[] = {next.message};
            if (over)
                store::unsettled::remove(session, message_id);
            else
                store::unsettled::reschedule(session, next);
        });
    });
    return true;
}

}  // namespace dakiya::send
