#include "people.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ask.hpp"
#include "domain/content.hpp"
#include "domain/route.hpp"
#include "security/vault.hpp"
#include "send/engine_service.hpp"
#include "store/campaigns.hpp"
#include "store/connections.hpp"
#include "store/contacts.hpp"
#include "store/ids.hpp"
#include "store/portfolios.hpp"
#include "store/quotas.hpp"
#include "store/suppressions.hpp"
#include "store/templates.hpp"
#include "store/tenants.hpp"
#include "store/writer.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

using domain::CampaignState;

constexpr store::Scope scope{World::tenant};
constexpr std::array paces{0, 5, 20, 100};
constexpr int most_retries = 2;

std::string phone(std::size_t i) { return fmt::format("+9198{:08}", 10'000'000 + i); }

// Only templates count among the people that a provider limits.
Json content_for(const Plan& plan) {
    if (plan.limits.people == 0) return {{"kind", "text"}, {"text", "Hello {{name}}"}};
    return {{"kind", "template"}, {"template", Json{{"name", "hello"}, {"language", "en"}}}};
}

Json route_for(const Plan& plan) {
    const Json step{{"connection", format_id(prefix::connection, World::connection)},
                    {"channel", "sms"},
                    {"content", content_for(plan)},
                    {"after_s", plan.route.after_s},
                    {"on_failure", plan.route.on_failure}};
    return Json::array(Json::Array(static_cast<std::size_t>(plan.route.steps), step));
}

void set_limits(store::Session& session, const Plan::Limits& limits) {
    if (limits.per_day > 0) store::quotas::put(session, scope, "", 0, limits.per_day);
    if (limits.people == 0) return;
    const auto name = fmt::format("{}:{}", provider_id, business);
    const auto portfolio = store::portfolios::with(session, scope, name, World::connection);
    store::portfolios::set_limit(session, portfolio.id, limits.people);
    store::Template hello;
    hello.name = "hello";
    hello.language = "en";
    hello.status = "approved";
    store::templates::upsert(session, scope, World::connection, {&hello, 1});
}

}  // namespace

void People::prepare() {
    const Plan& plan = world_.plan();
    store::Session& session = world_.observer();
    const std::string data_key = security::Vault(world_.master(), {}).make_data_key(World::tenant);
    store::tenants::create(session, {World::tenant, "Shop", "IN", World::zone, data_key, 1});
    store::Connection connection;
    connection.id = World::connection;
    connection.tenant = World::tenant;
    connection.provider = provider_id;
    connection.name = "Test";
    connection.settings = Json{{"business", business}}.dump();
    connection.secrets = "{}";
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
    set_limits(session, plan.limits);
    make_campaigns();
}

void People::make_campaigns() {
    const Plan& plan = world_.plan();
    store::Session& session = world_.observer();
    for (int i = 0; i < plan.campaigns; ++i) {
        store::Campaign campaign;
        campaign.id = store::reserve_ids(session, 1);
        campaign.tenant = World::tenant;
        campaign.name = fmt::format("Campaign {}", i);
        campaign.state = i == 0 ? CampaignState::sending : CampaignState::scheduled;
        campaign.connection = World::connection;
        campaign.channel = "sms";
        campaign.content = content_for(plan).dump();
        if (plan.route.steps > 0) campaign.fallback = route_for(plan).dump();
        campaign.on_uncertain = plan.route.resend ? domain::OnUncertain::resend : domain::OnUncertain::leave;
        campaign.audience = R"({"all":true})";
        campaign.per_second = world_.chance().one_in(3) ? 20 : 0;
        campaign.created_at = campaign.started_at = epoch_ms;
        campaign.scheduled_at = i == 0 ? 0 : epoch_ms + world_.chance().between(0, 3'000);
        store::campaigns::create(session, campaign);
        campaigns_.push_back(campaign.id);
    }
}

void People::act(Node& node) {
    const Plan& plan = world_.plan();
    Chance& chance = world_.chance();
    if (chance.one_in(plan.people.pause)) pause(node);
    if (chance.one_in(plan.people.cancel)) cancel(node);
    if (chance.one_in(plan.people.pace)) change_pace(node);
    if (chance.one_in(plan.people.stop)) stop(node);
    if (chance.one_in(plan.people.retry_failed)) retry_failed(node);
    if (singles_written_ < plan.singles && chance.one_in(20)) write_single(node);
}

bool People::to_everybody(Id campaign) const {
    const auto end = campaigns_.begin() + world_.plan().campaigns;
    return std::find(campaigns_.begin(), end, campaign) != end;
}

std::string People::some_address() {
    return phone(world_.chance().below(static_cast<std::size_t>(world_.plan().contacts)));
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
    const std::string address = some_address();
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
    request.to = some_address();
    request.content.kind = "text";
    request.content.text = "Hello";
    if (world_.plan().route.steps > 0)
        request.fallback = *domain::parse_steps(route_for(world_.plan()), "fallback");
    ask(node, [&] { return node.service().send_message(scope, request, {}).ok(); });
}

// A campaign to those who were not reached by another one. Whether it begins is the server's to say.
void People::retry_failed(Node& node) {
    if (++retries_ > most_retries) return;
    store::Session& session = world_.observer();
    const auto of = store::campaigns::find(session, scope, some_campaign());
    store::Campaign retry;
    retry.id = store::reserve_ids(session, 1);
    retry.tenant = World::tenant;
    retry.name = "Again: " + of->name;
    retry.connection = of->connection;
    retry.channel = of->channel;
    retry.content = of->content;
    retry.fallback = of->fallback;
    retry.on_uncertain = of->on_uncertain;
    retry.audience = Json{{"campaign", format_id(prefix::campaign, of->id)},
                          {"states", Json::array({"failed", "skipped", "cancelled"})}}
                         .dump();
    retry.created_at = epoch_ms + world_.timeline().now();
    store::campaigns::create(session, retry);
    campaigns_.push_back(retry.id);
    const bool begun = ask(node, [&] { return node.service().start(scope, retry.id).ok(); });
    world_.note(fmt::format("campaign {} retries the failed of {}{}", retry.id, of->id,
                            begun ? "" : ", or does not"));
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
    const Id campaign = world_.route_of(message);
    if (const auto closed = closed_.find(campaign);
        closed != closed_.end() && !closed->second.contains(message))
        return fmt::format("campaign {} was paused or cancelled before the message was marked", campaign);
    if (const auto stopped = stopped_.find(address);
        stopped != stopped_.end() && !stopped->second.contains(message))
        return fmt::format("{} had written STOP before the message was marked", address);
    return {};
}

}  // namespace dakiya::simulate
