#include "receive/status_events.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "domain/outcome.hpp"
#include "receive/next_steps.hpp"
#include "receive/requeue.hpp"
#include "receive/stop_watch.hpp"
#include "receive/told_sent.hpp"
#include "security/token.hpp"
#include "store/campaigns.hpp"
#include "store/queue.hpp"
#include "store/route_people.hpp"
#include "store/suppressions.hpp"

namespace dakiya::receive {

namespace {

using domain::State;
using store::MessageEvent;
using store::Outcome;

constexpr std::int64_t recent_ms = 3LL * 24 * 3600 * 1000;
constexpr int newest_looked_at = 20;  // messages of one address, those that it wrote to us included
constexpr std::size_t text_limit = 500, code_limit = 64, dedupe_limit = 64,
                      provider_id_limit = 190;  // bytes, of the columns
constexpr std::int64_t most_parts = 32'767;

std::string text_of(const Json& event, std::string_view key) { return event[key].scalar(); }

// As the store holds it.
std::string provider_id_of(const Json& event) {
    return std::string(utf8_prefix(text_of(event, "id"), provider_id_limit));
}

// What names a happening of its message. A longer name than the column takes is kept by its digest: cut off,
// two that differ at their ends (the id, then the status) would be one.
std::string dedupe_of(const Json& event) {
    std::string name = event.value("dedupe", event.at("status").text());
    return name.size() <= dedupe_limit ? name : security::sha256_hex(name);
}

bool is_of_batch(const Incoming& incoming) {
    return incoming.event.value("id_of_batch", false) && !text_of(incoming.event, "address").empty();
}

// Ours to the event's address over its connection, newest first.
std::vector<store::MessageView> recent_to(store::Session& session, const Incoming& incoming) {
    store::MessageFilter filter;
    filter.address = text_of(incoming.event, "address");
    auto newest = store::messages::list(session, store::Scope{incoming.tenant}, filter, 0, newest_looked_at);
    std::erase_if(newest.rows, [&](const store::MessageView& view) {
        const store::Message& message = view.message;
        return message.created_at < incoming.received_at - recent_ms ||
               message.origin == domain::Origin::inbound || message.connection != incoming.connection;
    });
    return std::move(newest.rows);
}

std::optional<Id> newest_to(store::Session& session, const Incoming& incoming) {
    const auto recent = recent_to(session, incoming);
    return recent.empty() ? std::nullopt : std::optional(recent.front().message.id);
}

// Of messages without an outcome, those that wait to be sent again because their answer was lost.
std::set<Id> doubted(store::Session& session, const std::vector<store::MessageView>& views) {
    std::vector<Id> open;
    for (const store::MessageView& view : views)
        if (!view.outcome) open.push_back(view.message.id);
    const auto doubted = store::queue::in_doubt(session, open);
    return {doubted.begin(), doubted.end()};
}

// The id of a batch that we do not know: its answer was lost, or our own commit is not done yet. So the
// message is the uncertain one to that address, unless another one could be meant. One that waits to be sent
// again is uncertain too, though only its success is news.
std::optional<Id> lost_to(store::Session& session, const Incoming& incoming) {
    std::optional<Id> found;
    const auto recent = recent_to(session, incoming);
    const auto again = tells_sent(incoming.event) ? doubted(session, recent) : std::set<Id>();
    for (const store::MessageView& view : recent) {
        const bool lost = view.outcome ? view.state == State::uncertain && view.outcome->provider_id.empty()
                                       : again.contains(view.message.id);
        if (view.outcome && !lost) continue;
        if (found || !lost) return std::nullopt;
        found = view.message.id;
    }
    return found;
}

// Provider ids of one tenant's events, looked up together.
void match_by_provider_id(store::Session& session, store::Scope scope, const std::vector<Incoming>& events,
                          const std::vector<std::size_t>& indices, std::map<std::size_t, Id>& matched) {
    std::vector<std::string> ids;
    std::set<std::string> of_batches;
    for (const std::size_t i : indices) {
        ids.push_back(provider_id_of(events[i].event));
        if (is_of_batch(events[i])) of_batches.insert(ids.back());
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::multimap<std::string, Id> by_id;
    std::vector<Id> shared;  // messages of ids that a whole batch has, or may have
    for (const Outcome& outcome : store::outcomes::by_provider_ids(session, scope, ids))
        by_id.emplace(outcome.provider_id, outcome.message);
    for (auto it = by_id.begin(); it != by_id.end(); ++it)
        if (by_id.count(it->first) > 1 || of_batches.contains(it->first)) shared.push_back(it->second);
    std::map<Id, std::string> addresses;
    for (const store::Message& message : store::messages::by_ids(session, shared))
        addresses[message.id] = message.address;

    for (const std::size_t i : indices) {
        const std::string address = text_of(events[i].event, "address");
        const auto [from, to] = by_id.equal_range(provider_id_of(events[i].event));
        const bool alone = address.empty() && std::distance(from, to) == 1;
        const auto found = std::find_if(from, to, [&](const auto& entry) {
            const auto known = addresses.find(entry.second);
            return alone || known == addresses.end() || known->second == address;
        });
        if (found != to)
            matched[i] = found->second;
        else if (is_of_batch(events[i]))
            if (const auto lost = lost_to(session, events[i])) matched[i] = *lost;
    }
}

// What the events of one message add up to.
struct Change {
    Outcome before, after;
    bool reason_changed = false;
};

void read_error(const Json& event, Outcome& outcome) {
    const Json& error = event["error"];
    outcome.cls = domain::to_string(error.is_object() ? domain::parse_class(error.value("class", ""))
                                                      : domain::Class::other);
    outcome.code = utf8_prefix(error["code"].scalar(), code_limit);
    outcome.text = utf8_prefix(error["text"].scalar(), text_limit);
}

MessageEvent row_of(const Incoming& incoming, Id message, State state) {
    const Json& event = incoming.event;
    MessageEvent row;
    row.message = message;
    row.tenant = incoming.tenant;
    row.kind = "status";
    row.state = state;
    row.dedupe = dedupe_of(event);
    row.at = event.value("at", incoming.received_at);
    row.received_at = incoming.received_at;
    if (state == State::failed) {
        Outcome reason;
        read_error(event, reason);
        row.cls = reason.cls;
        row.code = reason.code;
        row.text = reason.text;
    }
    return row;
}

void apply_to(Change& change, const Json& event, State state) {
    if (change.after.provider_id.empty()) {
        change.after.provider_id = provider_id_of(event);
        change.reason_changed = change.reason_changed || !change.after.provider_id.empty();
    }
    // The highest that was said, so that the order of events does not matter.
    const auto parts = static_cast<int>(std::clamp<std::int64_t>(event.value("parts", 0), 0, most_parts));
    if (const auto cost = event.value("cost", 0); cost > change.after.cost || parts > change.after.parts) {
        change.after.cost = std::max(change.after.cost, cost);
        change.after.parts = std::max(change.after.parts, parts);
        change.reason_changed = true;
    }
    const auto next = domain::apply(change.after.state, state);
    if (!next) return;
    change.after.state = *next;
    change.reason_changed = change.reason_changed || *next == State::failed || !change.after.cls.empty();
    change.after.cls.clear();
    change.after.code.clear();
    change.after.text.clear();
    if (*next == State::failed) read_error(event, change.after);
}

// Moves without a reason go together, one statement for each pair of states; the others one by one.
void write_changes(store::Session& session, const std::map<Id, Change>& changes, std::int64_t now_ms) {
    std::map<std::pair<State, State>, std::vector<Id>> moves;
    for (const auto& [id, change] : changes) {
        if (!change.reason_changed) {
            if (change.before.state != change.after.state)
                moves[{change.before.state, change.after.state}].push_back(id);
            continue;
        }
        Outcome after = change.after;
        after.updated_at = now_ms;
        store::outcomes::replace(session, after, change.before.state);
    }
    for (const auto& [states, ids] : moves)
        store::outcomes::move(session, ids, states.first, states.second, now_ms);
}

void count_changes(store::Session& session, const std::map<Id, Change>& changes) {
    std::map<Id, store::campaigns::StateCounts> deltas;
    std::map<Id, store::campaigns::ReasonCounts> reasons;
    for (const auto& [id, change] : changes) {
        const Id campaign = change.before.campaign;
        if (campaign == 0 || change.before.state == change.after.state) continue;
        --deltas[campaign][change.before.state];
        ++deltas[campaign][change.after.state];
        const auto reason = [](const Outcome& o) { return domain::failure_reason(o.cls, o.code); };
        if (change.after.state == State::failed) ++reasons[campaign][{State::failed, reason(change.after)}];
        if (change.before.state == State::failed) --reasons[campaign][{State::failed, reason(change.before)}];
    }
    for (const auto& [campaign, counts] : deltas) store::campaigns::add_deltas(session, campaign, counts);
    for (const auto& [campaign, counts] : reasons) store::campaigns::add_reasons(session, campaign, counts);
}

// Of routes: how their people fare.
void count_people(store::Session& session, const std::map<Id, Change>& changes) {
    std::set<Id> ids;
    for (const auto& [id, change] : changes)
        if (change.before.state != change.after.state) ids.insert(change.before.campaign);
    const auto routes = store::route_people::with_route(session, std::vector<Id>(ids.begin(), ids.end()));
    std::vector<store::route_people::Change> people;
    for (const auto& [id, change] : changes)
        if (change.before.state != change.after.state &&
            std::find(routes.begin(), routes.end(), change.before.campaign) != routes.end())
            people.push_back({id, change.before.state, change.after.state});
    store::route_people::count(session, people);
}

// Failures that the provider told us later may close their addresses.
void blame_addresses(store::Session& session, const std::map<Id, Change>& changes, std::int64_t now_ms) {
    std::map<Id, domain::Class> failed;
    for (const auto& [id, change] : changes) {
        const domain::Class cls = domain::parse_class(change.after.cls);
        const bool newly = change.after.state == State::failed && change.before.state != State::failed;
        if (newly && domain::meaning(cls).suppress != domain::Suppress::no) failed.emplace(id, cls);
    }
    std::vector<Id> ids;
    for (const auto& [id, cls] : failed) ids.push_back(id);
    for (const store::Message& message : store::messages::by_ids(session, ids))
        store::suppressions::blame(session, store::Scope{message.tenant}, message.channel, message.address,
                                   failed.at(message.id), message.id, now_ms);
}

// Those that may begin a further step of their route.
std::vector<Outcome> steps_to_note(const std::map<Id, Change>& changes) {
    std::vector<Outcome> changed;
    for (const auto& [id, change] : changes) {
        const bool failed = change.after.state == State::failed && change.before.state != State::failed;
        const bool settled = change.after.state == State::sent && change.before.state == State::uncertain;
        if (failed || settled) changed.push_back(change.after);
    }
    return changed;
}

}  // namespace

std::map<std::size_t, Id> match(store::Session& session, const std::vector<Incoming>& events,
                                const std::vector<std::size_t>& indices) {
    std::map<std::size_t, Id> matched;
    std::map<Id, std::vector<std::size_t>> by_provider_id;  // by tenant
    for (const std::size_t i : indices) {
        const Json& event = events[i].event;
        if (const auto ref = parse_id(prefix::message, text_of(event, "ref"))) {
            matched[i] = *ref;
        } else if (!text_of(event, "id").empty()) {
            by_provider_id[events[i].tenant].push_back(i);
        } else if (!text_of(event, "address").empty()) {
            if (const auto id = newest_to(session, events[i])) matched[i] = *id;
        }
    }
    for (const auto& [tenant, list] : by_provider_id)
        match_by_provider_id(session, store::Scope{tenant}, events, list, matched);
    return matched;
}

std::vector<std::size_t> enter(store::Session& session, const std::vector<Incoming>& events,
                               const std::map<std::size_t, Id>& matched, std::int64_t now_ms,
                               std::vector<Report>& reports) {
    std::set<Id> ids;
    for (const auto& [i, id] : matched) ids.insert(id);
    std::map<Id, Change> changes;
    for (Outcome& outcome : store::outcomes::by_messages(session, std::vector<Id>(ids.begin(), ids.end())))
        changes.emplace(outcome.message, Change{outcome, outcome, false});
    std::map<std::size_t, Id> without_outcome;
    for (const auto& [i, id] : matched)
        if (!changes.contains(id)) without_outcome.emplace(i, id);
    for (const Outcome& outcome : end_waiting(session, events, without_outcome, now_ms))
        changes.emplace(outcome.message, Change{outcome, outcome, false});

    std::vector<std::size_t> waiting;
    std::vector<MessageEvent> rows;
    for (const auto& [i, id] : matched) {
        const auto change = changes.find(id);
        const bool known = change != changes.end();
        const Again again = requeue(session, events[i], id, known ? &change->second.after : nullptr);
        if (again == Again::queued) changes.erase(change);
        if (again != Again::no) continue;
        // A reference is only believed within its tenant.
        if (!known || change->second.before.tenant != events[i].tenant) {
            waiting.push_back(i);
            continue;
        }
        const State state = *domain::parse_state(events[i].event.at("status").text());
        rows.push_back(row_of(events[i], id, state));
        const State known_before = change->second.after.state;
        apply_to(change->second, events[i].event, state);
        if (auto report = report_of(change->second.after, known_before, state))
            reports.push_back(*std::move(report));
    }
    store::messages::insert_events(session, rows);
    write_changes(session, changes, now_ms);
    count_changes(session, changes);
    count_people(session, changes);
    blame_addresses(session, changes, now_ms);
    note_next_steps(session, steps_to_note(changes), now_ms);
    return waiting;
}

}  // namespace dakiya::receive
