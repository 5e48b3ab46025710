#include "checks.hpp"

#include <map>

#include <fmt/format.h>

#include "base/id.hpp"
#include "domain/message.hpp"
#include "domain/route.hpp"
#include "store/campaigns.hpp"
#include "store/messages.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

using domain::State;

constexpr store::Scope scope{World::tenant};

struct Message {
    Id id = 0, campaign = 0, contact = 0;
    State state = State::queued;
    std::string code;
};

Message seen(const store::MessageView& view) {
    return {view.message.id, view.message.campaign, view.message.contact, view.state,
            view.outcome ? view.outcome->code : ""};
}

// Those that people made, and the steps of their routes.
std::vector<Id> campaigns(World& world) {
    std::vector<Id> ids;
    for (const auto& row : world.observer().query("SELECT id FROM campaigns ORDER BY id"))
        ids.push_back(row.integer(0));
    return ids;
}

// As people see them through the API.
std::vector<Message> messages(World& world) {
    std::vector<Message> all;
    for (const Id id : campaigns(world)) {
        store::MessageFilter of_campaign;
        of_campaign.campaign = id;
        store::MessagePage page;
        do {
            page = store::messages::recipients(world.observer(), scope, of_campaign, page.next, 10'000);
            for (const auto& view : page.rows) all.push_back(seen(view));
        } while (page.next != 0);
    }
    for (const auto& row : world.observer().query("SELECT id FROM messages WHERE campaign_id = 0"))
        all.push_back(seen(*store::messages::find(world.observer(), scope, row.integer(0))));
    return all;
}

std::string name_of(const Message& message) {
    return fmt::format("{} is {}{}{}", format_id(prefix::message, message.id), to_string(message.state),
                       message.code.empty() ? "" : ": ", message.code);
}

bool reached(State state) {
    return state == State::sent || state == State::delivered || state == State::read;
}

// Where a provider is blind and somebody chose "resend", a message whose answer or owner was lost goes again;
// a server whose clock is off takes owners for lost that are not.
int most_copies(const World& world, const Message& message) {
    const bool resent = world.plan().promise == Promise::blind && world.plan().route.resend &&
                        message.campaign != 0 && (world.excused(message.id) || world.clocks_jumped());
    return resent ? 1 + domain::most_resends : 1;
}

// Nobody lost, nobody twice, nothing claimed that is not so.
void against_ledger(World& world, const Message& message) {
    const auto& ledger = world.provider().ledger();
    const auto found = ledger.find(format_id(prefix::message, message.id));
    const Entry none;
    const Entry& entry = found == ledger.end() ? none : found->second;
    if (entry.copies > most_copies(world, message))
        world.find("nobody twice",
                   fmt::format("{}, and the provider has it {} times", name_of(message), entry.copies));
    switch (message.state) {
        case State::queued:
        case State::sending:
        case State::received:
            world.find("nobody lost", name_of(message) + " in the end");
            break;
        case State::sent:
        case State::delivered:
        case State::read:
            if (entry.copies == 0)
                world.find("nobody lost", name_of(message) + ", and the provider never took it");
            if (message.state != State::sent && !entry.delivered)
                world.find("true states", name_of(message) + ", and the provider never said so");
            break;
        case State::failed:
            if (entry.copies > 0 && !entry.failed)
                world.find("true states", name_of(message) + ", and the provider took it");
            break;
        case State::skipped:
        case State::cancelled:
            if (entry.copies > 0) world.find("true states", name_of(message) + ", and the provider took it");
            break;
        case State::uncertain:
            if (!world.excused(message.id) && !(world.clocks_jumped() && message.code == "lost_owner"))
                world.find("uncertain only when nobody knows",
                           name_of(message) + ", and neither its answer nor its owner was lost");
            // Reports with our reference, or look-ups, tell in the end; repeats with a key are answered.
            if (entry.copies > 0 && world.plan().promise == Promise::correlating)
                world.find("uncertain ones are settled", name_of(message) + ", and the provider reported it");
            break;
    }
    if (entry.copies > 0 && reached(message.state) && entry.failed)
        world.find("true states", name_of(message) + ", and the provider said that it failed");
}

// Every person of the audience once, in every campaign.
void audience(World& world, const std::vector<Message>& all) {
    std::map<Id, std::set<Id>> people;
    for (const Message& message : all)
        if (message.campaign != 0 && !people[message.campaign].insert(message.contact).second)
            world.find("nobody twice",
                       name_of(message) + ", and its contact has another one of the campaign");
    for (const auto& row : world.observer().query("SELECT id, state, n_recipients FROM campaigns")) {
        const auto n = static_cast<std::int64_t>(people[row.integer(0)].size());
        if (n != row.integer(2))
            world.find("sums", fmt::format("campaign {} counts {} recipients and has {}", row.integer(0),
                                           row.integer(2), n));
        const bool cancelled = row.integer(1) == static_cast<std::int64_t>(domain::CampaignState::cancelled);
        if (!cancelled && world.people().to_everybody(row.integer(0)) && n != world.plan().contacts)
            world.find("nobody lost", fmt::format("campaign {} has {} of {} contacts", row.integer(0), n,
                                                  world.plan().contacts));
    }
}

// The counters of a campaign and its rows say the same.
void sums(World& world, const std::vector<Message>& all) {
    std::map<Id, std::map<State, std::int64_t>> counted;
    for (const Message& message : all) ++counted[message.campaign][message.state];
    for (const Id id : campaigns(world)) {
        const auto campaign = store::campaigns::find(world.observer(), scope, id);
        for (const auto& [state, n] : store::campaigns::stats(world.observer(), scope, *campaign).by_state)
            if (n != counted[id][state])
                world.find("sums", fmt::format("campaign {} counts {} {} and has {}", id, n, to_string(state),
                                               counted[id][state]));
    }
}

}  // namespace

void check(World& world) {
    const auto all = messages(world);
    for (const Message& message : all) against_ledger(world, message);
    audience(world, all);
    sums(world, all);
    world.chains().check();
    world.departures().check();
    world.codes().check();
}

}  // namespace dakiya::simulate
