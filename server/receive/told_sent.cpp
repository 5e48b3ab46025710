#include "receive/told_sent.hpp"

#include <algorithm>

#include "domain/message.hpp"
#include "store/campaigns.hpp"
#include "store/queue.hpp"
#include "store/route_people.hpp"

namespace dakiya::receive {

namespace {

using domain::State;
using store::Outcome;

Outcome outcome_of(const store::Queued& row, const Incoming& incoming, std::int64_t now_ms) {
    Outcome outcome;
    outcome.message = row.message;
    outcome.tenant = row.tenant;
    outcome.campaign = row.campaign;
    outcome.state = State::uncertain;
    outcome.attempts = row.attempts;
    outcome.sent_at = std::min(incoming.event.value("at", incoming.received_at), incoming.received_at);
    outcome.updated_at = now_ms;
    return outcome;
}

// They were counted as queued until now.
void count(store::Session& session, const std::vector<Outcome>& outcomes) {
    std::map<Id, store::campaigns::StateCounts> deltas;
    std::vector<store::route_people::Change> people;
    for (const Outcome& outcome : outcomes) {
        if (outcome.campaign == 0) continue;
        ++deltas[outcome.campaign][outcome.state];
        people.push_back({outcome.message, State::queued, outcome.state});
    }
    for (const auto& [campaign, counts] : deltas) store::campaigns::add_deltas(session, campaign, counts);
    store::route_people::count(session, people);
}

}  // namespace

bool tells_sent(const Json& event) {
    const auto state = domain::parse_state(event["status"].scalar());
    const bool sent = state == State::sent || state == State::delivered || state == State::read;
    return sent && !(event["ref"].scalar().empty() && event["id"].scalar().empty());
}

std::vector<Outcome> end_waiting(store::Session& session, const std::vector<Incoming>& events,
                                 const std::map<std::size_t, Id>& matched, std::int64_t now_ms) {
    std::map<Id, const Incoming*> told;
    for (const auto& [i, message] : matched)
        if (tells_sent(events[i].event)) told.emplace(message, &events[i]);
    std::vector<Id> ids;
    for (const auto& [message, incoming] : told) ids.push_back(message);

    std::vector<Outcome> ended;
    std::vector<Id> over;
    for (const store::Queued& row : store::queue::tried_before(session, ids)) {
        const Incoming& incoming = *told.at(row.message);
        if (row.tenant != incoming.tenant) continue;  // a reference is only believed within its tenant
        ended.push_back(outcome_of(row, incoming, now_ms));
        over.push_back(row.message);
    }
    if (ended.empty()) return ended;
    store::queue::remove(session, over);
    store::outcomes::append(session, ended);
    count(session, ended);
    return ended;
}

}  // namespace dakiya::receive
