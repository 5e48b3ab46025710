#include "store/follow_ups.hpp"

#include <set>

#include "store/sql.hpp"

namespace dakiya::store::follow_ups {

namespace {

using domain::State;

constexpr int longest_chain = 100;  // a bound for the walk, far beyond what people do

struct Step {
    Id after = 0;
    State state = State::queued;  // until there is an outcome
};

std::map<Id, Step> steps_of(Session& session, const std::set<Id>& messages) {
    const std::vector<Id> ids(messages.begin(), messages.end());
    std::vector<Value> values;
    append_ids(values, ids);
    std::map<Id, Step> steps;
    for (const Row& row :
         session.query("SELECT id, after_id FROM messages WHERE id IN " + placeholders(ids.size()), values))
        steps[row.integer(0)].after = row.integer(1);
    for (const Row& row : session.query("SELECT message_id, state FROM outcomes WHERE message_id IN " +
                                            placeholders(ids.size()) + for_update(session.dialect()),
                                        values))
        steps[row.integer(0)].state = static_cast<State>(row.integer(1));
    return steps;
}

}  // namespace

void add(Session& session, std::span<const Message> messages) {
    std::vector<Value> values;
    for (const Message& message : messages)
        if (message.after != 0) values.insert(values.end(), {message.after, message.id});
    if (!values.empty())
        session.insert_rows("INSERT INTO follow_ups (message_id, next_id) VALUES", 2, values);
}

std::map<Id, Id> next_of(Session& session, std::span<const Id> messages) {
    std::map<Id, Id> next;
    if (messages.empty()) return next;
    std::vector<Value> values;
    append_ids(values, messages);
    for (const Row& row : session.query("SELECT message_id, next_id FROM follow_ups WHERE message_id IN " +
                                            placeholders(messages.size()),
                                        values))
        next[row.integer(0)] = row.integer(1);
    return next;
}

std::map<Id, std::string_view> overtaken(Session& session, std::span<const Message> messages,
                                         domain::Follows follows) {
    std::map<Id, Id> looking;  // message -> where in its chain we are
    for (const Message& message : messages)
        if (message.after != 0) looking[message.id] = message.after;
    std::map<Id, std::string_view> found;
    for (int step = 0; !looking.empty() && step < longest_chain; ++step) {
        std::set<Id> at;
        for (const auto& [message, before] : looking) at.insert(before);
        const auto steps = steps_of(session, at);
        for (auto entry = looking.begin(); entry != looking.end();) {
            const auto here = steps.find(entry->second);
            const std::string_view why = here == steps.end()
                                             ? std::string_view()
                                             : domain::overtaken(follows, here->second.state, step == 0);
            if (!why.empty()) found.emplace(entry->first, why);
            entry->second = here == steps.end() || !why.empty() ? 0 : here->second.after;
            entry = entry->second == 0 ? looking.erase(entry) : std::next(entry);
        }
    }
    return found;
}

}  // namespace dakiya::store::follow_ups
