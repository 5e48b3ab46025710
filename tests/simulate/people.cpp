#include "people.hpp"

#include <fmt/format.h>

#include "domain/content.hpp"
#include "send/engine_service.hpp"
#include "store/campaigns.hpp"
#include "store/connections.hpp"
#include "store/contacts.hpp"
#include "store/ids.hpp"
#include "store/suppressions.hpp"
#include "store/tenants.hpp"
#include "store/writer.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

using domain::CampaignState;

constexpr store::Scope scope{World::tenant};
constexpr std::array paces{0, 5, 20, 100};

std::string phone(std::size_t i) { return fmt::format("+9198{:08}", 10'000'000 + i); }

}  // namespace

void People::prepare() {
    const Plan& plan = world_.plan();
    store::Session& session = world_.observer();
    store::tenants::create(session, {World::tenant, "Shop", "IN", "Asia/Kolkata", "", 1});
    store::Connection connection;
    connection.id = World::connection;
    connection.tenant = World::tenant;
    connection.provider = provider_id;
    connection.name = "Test";
    connection.settings = connection.secrets = "{}";
    connection.state = store::connection_state::enabled;
    store::connections::create(session, connection);

    std::vector<store::Contact> contacts;
    for (int i = 0; i < plan.contacts; ++i) {
        store::Contact contact;
        contact.tenant = World::tenant;
        contact.phone = phone(static_cast<std::size_t>(i));
        contact.name = fmt::format("Person {}", i);
        contacts.push_back(std::move(contact));
    }
    store::contacts::upsert(session, scope, contacts, epoch_ms);

    for (int i = 0; i < plan.campaigns; ++i) {
        store::Campaign campaign;
        campaign.id = store::reserve_ids(session, 1);
        campaign.tenant = World::tenant;
        campaign.name = fmt::format("Campaign {}", i);
        campaign.state = i == 0 ? CampaignState::sending : CampaignState::scheduled;
        campaign.connection = World::connection;
        campaign.channel = "sms";
        campaign.content = R"({"kind":"text","text":"Hello {{name}}"})";
        campaign.audience = R"({"all":true})";
        campaign.per_second = world_.chance().one_in(3) ? 20 : 0;
        campaign.created_at = campaign.started_at = epoch_ms;
        campaign.scheduled_at = i == 0 ? 0 : epoch_ms + world_.chance().between(0, 3'000);
        store::campaigns::create(session, campaign);
        campaigns_.push_back(campaign.id);
    }
}

// Asks the node, whose process may fail meanwhile. False: nobody knows whether it was done.
template <class Work>
bool People::ask(Node& node, const Work& work) {
    node.running = true;
    bool done = false;
    try {
        done = work();
    } catch (const store::DbError&) {
        // As an API client who gets a 500.
    }
    node.running = false;
    return done && !node.crashed;
}

void People::act(Node& node) {
    const Plan& plan = world_.plan();
    Chance& chance = world_.chance();
    if (chance.one_in(plan.people.pause)) pause(node);
    if (chance.one_in(plan.people.cancel)) cancel(node);
    if (chance.one_in(plan.people.pace)) change_pace(node);
    if (chance.one_in(plan.people.stop)) stop(node);
    if (singles_written_ < plan.singles && chance.one_in(20)) write_single(node);
}

Id People::some_campaign() { return world_.chance().any_of(std::span<const Id>(campaigns_)); }

void People::pause(Node& node) {
    const Id id = some_campaign();
    if (!ask(node, [&] { return node.service().pause(scope, id).ok(); })) return;
    closed_[id] = world_.may_leave();
    world_.note(fmt::format("campaign {} is paused", id));
    world_.timeline().after(world_.chance().between(100, 5'000), [this] { world_.wants_resume = true; });
}

void People::cancel(Node& node) {
    const Id id = some_campaign();
    if (!ask(node, [&] { return node.service().cancel(scope, id).ok(); })) return;
    closed_[id] = world_.may_leave();
    world_.note(fmt::format("campaign {} is cancelled", id));
}

void People::change_pace(Node& node) {
    const Id id = some_campaign();
    const int pace = world_.chance().any_of(std::span<const int>(paces));
    ask(node, [&] {
        node.writer().run([&](store::Session& session) {
            if (const auto campaign = store::campaigns::find(session, scope, id))
                store::campaigns::set_pace(session, *campaign, pace);
        });
        return true;
    });
    world_.note(fmt::format("the pace of campaign {} becomes {}", id, pace));
}

void People::stop(Node& node) {
    const std::string address =
        phone(world_.chance().below(static_cast<std::size_t>(world_.plan().contacts)));
    if (stopped_.contains(address)) return;
    const bool done = ask(node, [&] {
        node.writer().run([&](store::Session& session) {
            store::suppressions::add(session, scope,
                                     {"sms", address, domain::Suppression::opted_out, "test", epoch_ms});
        });
        return true;
    });
    if (!done) return;
    stopped_[address] = world_.may_leave();
    world_.note(fmt::format("{} writes STOP", address));
}

void People::write_single(Node& node) {
    ++singles_written_;
    send::MessageRequest request;
    request.connection = World::connection;
    request.to = phone(world_.chance().below(static_cast<std::size_t>(world_.plan().contacts)));
    request.content.kind = "text";
    request.content.text = "Hello";
    ask(node, [&] { return node.service().send_message(scope, request, {}).ok(); });
}

void People::resume_all(Node& node) {
    ask(node, [&] {
        node.writer().run([&](store::Session& session) {
            const auto row = store::connections::find(session, scope, World::connection);
            if (row->state != store::connection_state::enabled)
                store::connections::set_state(session, scope, World::connection,
                                              store::connection_state::enabled, "", epoch_ms);
        });
        for (const Id id : campaigns_) {
            closed_.erase(id);  // before: the commit may be there although nobody hears of it
            const auto resumed = node.service().resume(scope, id);
            if (resumed.ok()) world_.note(fmt::format("campaign {} goes on", id));
        }
        return true;
    });
}

std::string People::objection(Id message, const std::string& address) const {
    const Id campaign = world_.campaign_of(message);
    if (const auto closed = closed_.find(campaign);
        closed != closed_.end() && !closed->second.contains(message))
        return fmt::format("campaign {} was paused or cancelled before the message was marked", campaign);
    if (const auto stopped = stopped_.find(address);
        stopped != stopped_.end() && !stopped->second.contains(message))
        return fmt::format("{} had written STOP before the message was marked", address);
    return {};
}

}  // namespace dakiya::simulate
