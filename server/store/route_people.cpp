#include "store/route_people.hpp"

#include <set>

#include "domain/person_state.hpp"
#include "domain/route.hpp"
#include "store/follow_ups.hpp"
#include "store/sql.hpp"

namespace dakiya::store::route_people {

namespace {

using domain::State;

constexpr std::size_t longest_chain = 1 + domain::most_steps;

struct Link {
    Id campaign = 0, route = 0, after = 0;
    State state = State::queued;
};
using Links = std::map<Id, Link>;

std::vector<Value> values_of(const std::vector<Id>& ids) {
    std::vector<Value> values;
    append_ids(values, ids);
    return values;
}

std::map<Id, Id> routes_of(Session& session, const Links& links) {
    std::set<Id> campaigns;
    for (const auto& [id, link] : links) campaigns.insert(link.campaign);
    const std::vector<Id> ids(campaigns.begin(), campaigns.end());
    std::map<Id, Id> routes;
    if (ids.empty()) return routes;
    for (const Row& row : session.query(
             "SELECT id, parent_id FROM campaigns WHERE id IN " + placeholders(ids.size()), values_of(ids)))
        routes[row.integer(0)] = row.integer(1) != 0 ? row.integer(1) : row.integer(0);
    return routes;
}

Links load(Session& session, const std::vector<Id>& ids) {
    Links links;
    for (const Row& row :
         session.query("SELECT id, campaign_id, after_id, state FROM messages WHERE campaign_id <> 0 AND "
                       "id IN " +
                           placeholders(ids.size()),
                       values_of(ids)))
        links[row.integer(0)] = {row.integer(1), 0, row.integer(2), static_cast<State>(row.integer(3))};
    if (links.empty()) return links;
    const auto routes = routes_of(session, links);
    for (auto& [id, link] : links)
        if (const auto route = routes.find(link.campaign); route != routes.end()) link.route = route->second;
    return links;
}

// The changed messages and what stands before and after them in the same route. "Retry failed" makes messages
// that follow those of another one.
Links with_neighbours(Session& session, std::span<const Change> changes) {
    std::map<Id, Id> wanted;  // and the route that it must be of; 0: any
    for (const Change& change : changes) wanted[change.message] = 0;
    Links links;
    for (std::size_t round = 0; round < longest_chain && !wanted.empty(); ++round) {
        std::vector<Id> ids;
        for (const auto& [id, route] : wanted) ids.push_back(id);
        std::map<Id, Id> next;
        const auto successors = follow_ups::next_of(session, ids);
        for (const auto& [id, link] : load(session, ids)) {
            if (const Id route = wanted.at(id); route != 0 && route != link.route) continue;
            links[id] = link;
            if (link.after != 0) next[link.after] = link.route;
            if (const auto after = successors.find(id); after != successors.end())
                next[after->second] = link.route;
        }
        std::erase_if(next, [&](const auto& entry) { return links.contains(entry.first); });
        wanted = std::move(next);
    }
    return links;
}

void read_states(Session& session, Links& links) {
    std::vector<Id> ids;
    for (const auto& [id, link] : links) ids.push_back(id);
    for (const Row& row : session.query("SELECT message_id, state FROM outcomes WHERE message_id IN " +
                                            placeholders(ids.size()) + for_update(session.dialect()),
                                        values_of(ids)))
        links[row.integer(0)].state = static_cast<State>(row.integer(1));
}

// From the first message to the last.
std::vector<std::vector<Id>> chains_of(const Links& links) {
    std::map<Id, Id> next;
    for (const auto& [id, link] : links)
        if (links.contains(link.after)) next[link.after] = id;
    std::vector<std::vector<Id>> chains;
    for (const auto& [id, link] : links) {
        if (links.contains(link.after)) continue;
        std::vector<Id>& chain = chains.emplace_back();
        for (auto at = id; at != 0;) {
            chain.push_back(at);
            const auto found = next.find(at);
            at = found == next.end() ? 0 : found->second;
        }
    }
    return chains;
}

using Counts = std::map<std::pair<Id, State>, std::int64_t>;  // by campaign and state

// All of a chain but the one that stands for the person, the later of two that are as good.
void add_outdone(const std::vector<std::pair<Id, State>>& chain, std::int64_t n, Counts& counts) {
    if (chain.empty()) return;
    std::size_t best = 0;
    for (std::size_t i = 1; i < chain.size(); ++i)
        if (!domain::outdoes(chain[best].second, chain[i].second)) best = i;
    for (std::size_t i = 0; i < chain.size(); ++i)
        if (i != best) counts[chain[i]] += n;
}

}  // namespace

void count(Session& session, std::span<const Change> changes) {
    if (changes.empty()) return;
    Links links = with_neighbours(session, changes);
    if (links.empty()) return;
    read_states(session, links);
    std::map<Id, const Change*> changed;
    for (const Change& change : changes) changed[change.message] = &change;
    Counts counts;
    for (const std::vector<Id>& ids : chains_of(links)) {
        std::vector<std::pair<Id, State>> before, after;
        for (const Id id : ids) {
            const Link& link = links.at(id);
            const auto change = changed.find(id);
            after.emplace_back(link.campaign, change == changed.end() ? link.state : change->second->after);
            if (change == changed.end())
                before.push_back(after.back());
            else if (change->second->before)
                before.emplace_back(link.campaign, *change->second->before);
        }
        add_outdone(before, -1, counts);
        add_outdone(after, 1, counts);
    }
    std::vector<Value> values;
    for (const auto& [of, n] : counts)
        if (n != 0) values.insert(values.end(), {of.first, std::int64_t{static_cast<int>(of.second)}, n});
    if (values.empty()) return;
    const Dialect dialect = session.dialect();
    session.insert_rows(
        "INSERT INTO route_outdone (campaign_id, state, n) VALUES", 3, values,
        upsert(dialect, "campaign_id, state") + "n = route_outdone.n + " + incoming(dialect, "n"));
}

std::vector<Id> with_route(Session& session, std::span<const Id> campaigns) {
    if (campaigns.empty()) return {};
    std::vector<Value> values;
    append_ids(values, campaigns);
    return map_rows(
        session.query("SELECT id FROM campaigns WHERE (parent_id <> 0 OR fallback IS NOT NULL) AND "
                      "id IN " +
                          placeholders(campaigns.size()),
                      values),
        [](const Row& row) { return row.integer(0); });
}

std::map<Id, campaigns::StateCounts> outdone(Session& session, std::span<const Id> campaigns) {
    std::map<Id, campaigns::StateCounts> counts;
    if (campaigns.empty()) return counts;
    std::vector<Value> values;
    append_ids(values, campaigns);
    for (const Row& row :
         session.query("SELECT campaign_id, state, n FROM route_outdone WHERE n <> 0 AND campaign_id IN " +
                           placeholders(campaigns.size()),
                       values))
        counts[row.integer(0)][static_cast<State>(row.integer(1))] = row.integer(2);
    return counts;
}

}  // namespace dakiya::store::route_people
