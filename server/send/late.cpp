#include "send/late.hpp"

#include <map>
#include <set>

#include "store/ids.hpp"

namespace dakiya::send {

namespace {

using domain::State;
using store::Outcome;
using store::PendingEvent;

// In the form of sdk/schema's events. The dedupe word tells ours from the provider's own report.
Json event_of(const Outcome& outcome) {
    Json event{{"kind", "status"},
               {"ref", format_id(prefix::message, outcome.message)},
               {"status", std::string(domain::to_string(outcome.state))},
               {"dedupe", "late_" + std::string(domain::to_string(outcome.state))},
               {"at", outcome.updated_at}};
    if (!outcome.provider_id.empty()) event.set("id", outcome.provider_id);
    if (outcome.parts > 0) event.set("parts", std::int64_t{outcome.parts});
    if (outcome.cost > 0) event.set("cost", outcome.cost);
    if (outcome.state == State::failed)
        event.set("error", Json{{"class", outcome.cls}, {"code", outcome.code}, {"text", outcome.text}});
    return event;
}

// It was to be tried again: the provider did not take it. This is how it ends when it cannot be queued again.
Outcome refused(const store::Queued& queued, std::int64_t now_ms) {
    Outcome outcome;
    outcome.message = queued.message;
    outcome.tenant = queued.tenant;
    outcome.state = State::failed;
    outcome.cls = domain::to_string(domain::Class::other);
    outcome.code = "lost_owner";
    outcome.text = "it was not taken, and its server was cut off before the next attempt";
    outcome.updated_at = now_ms;
    return outcome;
}

// It goes on where its lost owner had left it (receive/requeue).
Json event_of(const store::Queued& row, std::int64_t now_ms) {
    Json event = event_of(refused(row, now_ms));
    event.set("again", Json{{"lane", std::int64_t{static_cast<int>(row.lane)}},
                            {"due_at", row.due_at},
                            {"deadline_at", row.deadline_at},
                            {"attempts", std::int64_t{row.attempts}},
                            {"whereabouts", row.whereabouts}});
    return event;
}

struct News {
    Id message, tenant;
    Json event;
    bool sent;
};

std::vector<News> news(const Flush& known, bool resent, const std::set<Id>& queued, std::int64_t now_ms) {
    std::vector<News> news;
    for (const Outcome& outcome : known.outcomes)
        if (outcome.state == State::sent || (outcome.state == State::failed && !resent))
            news.push_back(
                {outcome.message, outcome.tenant, event_of(outcome), outcome.state == State::sent});
    for (const store::Queued& row : known.deferred)
        if (!resent && !row.in_doubt && !queued.contains(row.message))
            news.push_back({row.message, row.tenant, event_of(row, now_ms), false});
    return news;
}

}  // namespace

void hand_on(store::Session& session, const Flush& known, Id connection, bool resent, std::int64_t now_ms) {
    std::vector<Id> ids;
    for (const Outcome& outcome : known.outcomes) ids.push_back(outcome.message);
    for (const store::Queued& row : known.deferred) ids.push_back(row.message);
    std::set<Id> queued, settled;
    for (const Id id : store::queue::present(session, ids)) queued.insert(id);
    for (const Outcome& outcome : store::outcomes::by_messages(session, ids))
        if (outcome.state != State::uncertain) settled.insert(outcome.message);

    std::vector<PendingEvent> events = known.events();
    for (const News& one : news(known, resent, queued, now_ms))
        if (!settled.contains(one.message))
            events.push_back(
                {0, one.tenant, connection, one.event.dump(), now_ms, 0, now_ms, one.sent ? one.message : 0});
    store::pending_events::insert(session, events);
}

}  // namespace dakiya::send
