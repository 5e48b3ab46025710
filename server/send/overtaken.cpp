#include "send/overtaken.hpp"

#include "dakiya/json.hpp"
#include "domain/admission.hpp"
#include "store/campaigns.hpp"
#include "store/suppressions.hpp"

namespace dakiya::send {

namespace {

using domain::Follows;
using store::Message;

// A single message's own word. What cannot be read counts as the strictest.
Follows follows_of(const std::string& content) {
    try {
        const std::string word = Json::parse(content).value("follows", "");
        if (word == "silence") return Follows::silence;
        if (word == "failure") return Follows::failure;
    } catch (const JsonError&) {
        // Its job cannot be made either, and says so.
    }
    return Follows::retry;
}

// A campaign's messages all follow in the same way.
Follows follows_of(store::Session& session, const Message& message) {
    if (message.campaign == 0) return follows_of(message.content);
    const auto pulse = store::campaigns::pulse(session, message.campaign);
    return pulse ? pulse->follows : Follows::retry;
}

// Whether a tenant has closed an address since a launch was looked up; each tenant is asked about once.
class Versions {
public:
    explicit Versions(store::Session& session) : session_(session) {}

    bool unchanged(const Launch& launch) {
        if (!launch.suppressions) return false;
        const Id tenant = launch.messages.front().tenant;
        const auto [found, is_new] = known_.try_emplace(tenant);
        if (is_new) found->second = store::suppressions::version(session_, store::Scope{tenant});
        return found->second == *launch.suppressions;
    }

private:
    store::Session& session_;
    std::map<Id, std::int64_t> known_;
};

}  // namespace

void find_overtaken(store::Session& session, std::span<const Launch> launches) {
    using Key = std::pair<Id, std::string>;           // tenant and channel
    std::map<Key, std::vector<std::string>> reached;  // addresses
    const auto key_of = [](const Launch& launch) {
        return Key(launch.messages.front().tenant, launch.messages.front().channel);
    };
    Versions versions(session);
    for (const Launch& launch : launches) {
        *launch.overtaken = store::follow_ups::overtaken(session, launch.messages, launch.follows);
        if (launch.messages.empty() || versions.unchanged(launch)) continue;
        auto& addresses = reached[key_of(launch)];
        for (const Message& message : launch.messages) addresses.push_back(message.address);
    }
    std::map<Key, std::map<std::string, domain::Suppression>> closed;
    for (const auto& [key, addresses] : reached)
        closed[key] = store::suppressions::which_of(session, store::Scope{key.first}, key.second, addresses);
    for (const Launch& launch : launches) {
        if (launch.messages.empty()) continue;
        const auto found = closed.find(key_of(launch));
        if (found == closed.end()) continue;
        const auto& suppressed = found->second;
        for (const Message& message : launch.messages)
            if (suppressed.contains(message.address))
                launch.overtaken->emplace(message.id, domain::reason::suppressed);
    }
}

Overtaken overtaken(store::Session& session, std::span<const store::Queued> taken) {
    std::vector<Id> ids;
    for (const store::Queued& row : taken) ids.push_back(row.message);
    std::map<std::pair<Id, Follows>, std::vector<Message>> followers;  // by campaign
    std::map<Id, Follows> known;
    for (Message& message : store::messages::followers(session, ids)) {
        const auto [campaign, unseen] = known.try_emplace(message.campaign, Follows::retry);
        if (unseen || message.campaign == 0) campaign->second = follows_of(session, message);
        followers[{message.campaign, campaign->second}].push_back(std::move(message));
    }
    Overtaken found;
    for (const auto& [key, messages] : followers)
        found.merge(store::follow_ups::overtaken(session, messages, key.second));
    return found;
}

}  // namespace dakiya::send
