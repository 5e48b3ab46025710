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

}  // namespace

Overtaken overtaken(store::Session& session, std::span<const Message> messages, Follows follows) {
    Overtaken found = store::follow_ups::overtaken(session, messages, follows);
    if (messages.empty()) return found;
    std::vector<std::string> addresses;
    for (const Message& message : messages) addresses.push_back(message.address);
    const auto closed = store::suppressions::which_of(session, store::Scope{messages.front().tenant},
                                                      messages.front().channel, addresses);
    for (const Message& message : messages)
        if (closed.contains(message.address)) found.emplace(message.id, domain::reason::suppressed);
    return found;
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
