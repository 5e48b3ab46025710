// A database with messages that were sent, and events about them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "databases.hpp"
#include "receive/apply.hpp"
#include "store/campaigns.hpp"
#include "store/messages.hpp"
#include "store/queue.hpp"
#include "store/suppressions.hpp"

namespace dakiya::receive {

using domain::State;

struct World {
    static constexpr Id tenant = 7, other_tenant = 8, connection = 60, campaign = 90;
    static constexpr std::int64_t now = 1'795'000'000'000;

    explicit World(store::Dialect dialect) : database(dialect) {
        store::Campaign row;
        row.id = campaign;
        row.tenant = tenant;
        row.state = domain::CampaignState::sending;
        row.connection = connection;
        store::campaigns::create(session, row);
    }

    // A message of the campaign (or a single one) with its outcome.
    void add(Id id, State state, const std::string& provider_id = "",
             const std::string& address = "+919800000001", bool single = false) {
        store::Message message;
        message.id = id;
        message.tenant = tenant;
        message.origin = single ? domain::Origin::single : domain::Origin::campaign;
        message.campaign = single ? 0 : campaign;
        message.connection = connection;
        message.channel = "sms";
        message.address = address;
        message.created_at = now;
        message.params = "{}";
        store::messages::insert(session, std::span<const store::Message>(&message, 1));
        if (state == State::queued) return;
        store::Outcome outcome;
        outcome.message = id;
        outcome.tenant = tenant;
        outcome.campaign = message.campaign;
        outcome.state = state;
        outcome.provider_id = provider_id;
        store::outcomes::append(session, std::span<const store::Outcome>(&outcome, 1));
    }

    // It is to be attempted again: `attempts` were begun; owner: who does so right now.
    void queue(Id id, int attempts = 1, bool in_doubt = true, const std::string& owner = "") {
        store::Queued row;
        row.message = id;
        row.tenant = tenant;
        row.campaign = view(id).message.campaign;
        row.connection = connection;
        row.lane = row.campaign != 0 ? store::Lane::campaign : store::Lane::single;
        row.due_at = now + 30'000;
        row.attempts = attempts;
        row.owner = owner;
        row.in_doubt = in_doubt;
        store::queue::insert(session, std::span<const store::Queued>(&row, 1));
    }

    Applied give(std::vector<Json> events, Id of_tenant = tenant) {
        std::vector<Incoming> incoming;
        for (Json& event : events) incoming.push_back({of_tenant, connection, std::move(event), now});
        session.execute(session.dialect() == store::Dialect::sqlite ? "BEGIN IMMEDIATE"
                                                                    : "START TRANSACTION");
        Applied applied = apply(session, incoming, now);
        session.execute("COMMIT");
        return applied;
    }

    store::MessageView view(Id id) { return store::messages::find(session, {tenant}, id).value(); }
    State state(Id id) { return view(id).state; }
    std::size_t events(Id id) { return store::messages::events(session, {tenant}, id).size(); }
    std::int64_t number(const std::string& sql) { return session.query(sql).at(0).integer(0); }
    std::map<State, std::int64_t> deltas() {
        std::map<State, std::int64_t> counts;
        for (const auto& row : session.query("SELECT state, n FROM campaign_deltas WHERE n <> 0"))
            counts[static_cast<State>(row.integer(0))] = row.integer(1);
        return counts;
    }
    bool suppressed(const std::string& address) {
        return store::suppressions::find(session, {tenant}, "sms", address).has_value();
    }

    store::TestDatabase database;
    store::Session& session = database.session();
};

inline Json status(const std::string& word, Id ref, Json more = Json::object()) {
    more.set("kind", "status");
    more.set("status", word);
    if (ref != 0) more.set("ref", format_id(prefix::message, ref));
    return more;
}

inline Json failure(Id ref, const std::string& cls, const std::string& code) {
    return status("failed", ref, Json{{"error", Json{{"class", cls}, {"code", code}, {"text", "no"}}}});
}

inline Json inbound(const std::string& id, const std::string& address, const std::string& text) {
    return Json{{"kind", "inbound"},
                {"id", id},
                {"address", address},
                {"channel", "sms"},
                {"message", Json{{"kind", "text"}, {"text", text}}}};
}

}  // namespace dakiya::receive
