#include "send/retry_audience.hpp"

#include <algorithm>
#include <map>

#include "store/campaigns.hpp"
#include "store/follow_ups.hpp"
#include "store/messages.hpp"

namespace dakiya::send {

namespace {

using domain::State;
using store::MessageView;

constexpr int most_looked_at = 1000;  // messages, for one page
constexpr int longest_chain = 100;    // of messages that follow each other

bool unattempted(State state) { return state == State::skipped || state == State::cancelled; }

// The newest message about a person, and the newest one that was attempted (or else the first).
struct Chain {
    Id newest = 0;
    State newest_state = State::queued;
    State state = State::queued;
    std::string cls;
};

void extend(Chain& chain, const MessageView& view) {
    const bool first = chain.newest == 0;
    chain.newest = view.message.id;
    chain.newest_state = view.state;
    if (unattempted(view.state) && !first) return;
    chain.state = view.state;
    chain.cls = view.outcome ? view.outcome->cls : "";
}

std::vector<Chain> chains_of(store::Session& session, store::Scope scope,
                             const std::vector<MessageView>& views) {
    std::vector<Chain> chains(views.size());
    for (std::size_t i = 0; i < views.size(); ++i) extend(chains[i], views[i]);
    for (int step = 0; step < longest_chain; ++step) {
        std::vector<Id> ids;
        for (const Chain& chain : chains) ids.push_back(chain.newest);
        const auto next = store::follow_ups::next_of(session, ids);
        if (next.empty()) break;
        std::vector<Id> later;
        for (const auto& [message, follower] : next) later.push_back(follower);
        std::map<Id, MessageView> found;
        for (MessageView& view : store::messages::find_many(session, scope, later))
            found.emplace(view.message.id, std::move(view));
        bool moved = false;
        for (Chain& chain : chains) {
            const auto follower = next.find(chain.newest);
            const auto view = follower == next.end() ? found.end() : found.find(follower->second);
            if (view == found.end()) continue;
            extend(chain, view->second);
            moved = true;
        }
        if (!moved) break;
    }
    return chains;
}

bool wanted(const Audience& audience, const Chain& chain) {
    // One that is still under way, or reached somebody, is followed by nothing.
    if (chain.newest_state != State::failed && !unattempted(chain.newest_state)) return false;
    if (!audience.states.contains(chain.state)) return false;
    return chain.state != State::failed || audience.classes.empty() || audience.classes.contains(chain.cls);
}

}  // namespace

AudiencePage retry_page(store::Session& session, store::Scope scope, const Audience& audience, Id cursor,
                        int limit) {
    AudiencePage page;
    page.cursor = cursor;
    store::MessageFilter of_campaign;
    of_campaign.campaign = audience.campaign;
    const auto [views, next] =
        store::messages::recipients(session, scope, of_campaign, cursor, most_looked_at);
    page.end = views.empty() && next == 0;
    if (views.empty() && next != 0) page.cursor = next;
    const auto chains = chains_of(session, scope, views);

    std::vector<std::pair<Id, Id>> chosen;  // contact and newest message
    for (std::size_t i = 0; i < views.size() && chosen.size() < static_cast<std::size_t>(limit); ++i) {
        page.cursor = views[i].message.id;
        if (wanted(audience, chains[i])) chosen.emplace_back(views[i].message.contact, chains[i].newest);
    }
    std::vector<Id> ids;
    for (const auto& [contact, newest] : chosen) ids.push_back(contact);
    std::map<Id, store::Contact> contacts;
    for (store::Contact& contact : store::contacts::find_many(session, scope, ids))
        contacts.emplace(contact.id, std::move(contact));
    for (const auto& [contact, newest] : chosen) {
        const auto found = contacts.find(contact);
        if (found == contacts.end()) continue;  // removed since
        page.contacts.push_back(found->second);
        page.after.push_back(newest);
    }
    return page;
}

std::int64_t retry_size(store::Session& session, store::Scope scope, const Audience& audience) {
    const auto campaign = store::campaigns::find(session, scope, audience.campaign);
    if (!campaign) return 0;
    const auto stats = store::campaigns::stats(session, scope, *campaign);
    std::int64_t size = 0;
    for (const State state : audience.states)
        if (const auto found = stats.by_state.find(state); found != stats.by_state.end())
            size += found->second;
    return size;
}

}  // namespace dakiya::send
