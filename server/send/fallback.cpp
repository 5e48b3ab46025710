#include "send/fallback.hpp"

#include <spdlog/spdlog.h>

#include "send/allowance.hpp"
#include "send/chunk_page.hpp"
#include "send/next_single.hpp"
#include "send/next_step.hpp"
#include "send/portfolio.hpp"
#include "send/route.hpp"
#include "store/epoch.hpp"
#include "store/follow_ups.hpp"
#include "store/ids.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Campaign;
using store::Message;

constexpr int most_routes = 1'000;
constexpr int singles_page = 100;            // each has its own connection and content
constexpr std::int64_t trouble_ms = 60'000;  // a single message's next step cannot be sent now
constexpr Id singles = 0;                    // their route

std::vector<domain::Step> steps_of(const Json& json) {
    auto steps = domain::parse_steps(json, "fallback");
    if (!steps) throw std::runtime_error("a stored route cannot be read: " + steps.error().text);
    return *std::move(steps);
}

// The people of one campaign who go on to its next step.
struct Leap {
    Campaign from;
    std::vector<domain::Step> steps;  // those left after `from`
    std::vector<Message> earlier;
    Admitted admitted;
};

// What is decided about a page of rows.
struct Page {
    std::vector<store::Fallback> rows, later;
    std::map<Id, Leap> leaps;  // by the campaign that they leave
    std::map<Id, std::int64_t> left;
};

std::vector<Campaign> campaigns_of(store::Session& session, const Campaign& route) {
    auto campaigns = store::campaigns::steps(session, {route.tenant}, route.id);
    campaigns.push_back(route);
    return campaigns;
}

Page decided(store::Session& session, const Campaign& route, std::int64_t now, int limit) {
    Page page;
    page.rows = store::fallbacks::due(session, route.id, now, limit);
    if (page.rows.empty()) return page;
    for (Campaign& campaign : campaigns_of(session, route)) {
        Leap leap;
        if (!campaign.fallback.empty()) leap.steps = steps_of(Json::parse(campaign.fallback));
        leap.from = std::move(campaign);
        page.leaps.emplace(leap.from.id, std::move(leap));
    }
    for (DueMessage& due : load_due(session, page.rows)) {
        const auto leap = page.leaps.find(due.message.campaign);
        if (leap == page.leaps.end() || leap->second.steps.empty()) continue;
        switch (decide(due, leap->second.steps.front().rule, route.on_uncertain, now)) {
            case Decision::drop:
                break;
            case Decision::later:
                page.later.push_back(due.row);
                break;
            case Decision::leave:
                ++page.left[due.message.campaign];
                break;
            case Decision::go:
                leap->second.earlier.push_back(std::move(due.message));
                break;
        }
    }
    std::erase_if(page.leaps, [](const auto& entry) { return entry.second.earlier.empty(); });
    return page;
}

// Those who have a successor already (somebody sent "retry failed" to them) get no second one.
void drop_followed(store::Session& session, std::vector<Message>& messages) {
    std::vector<Id> before;
    for (const Message& message : messages) before.push_back(message.after);
    const auto followed = store::follow_ups::next_of(session, before);
    std::erase_if(messages, [&](const Message& message) { return followed.contains(message.after); });
}

// The contacts of the messages, in their order; one that was removed is only an address.
std::vector<store::Contact> people_of(store::Session& session, store::Scope scope,
                                      const std::vector<Message>& messages) {
    std::vector<Id> ids;
    for (const Message& message : messages) ids.push_back(message.contact);
    std::map<Id, store::Contact> known;
    for (store::Contact& contact : store::contacts::find_many(session, scope, ids))
        known.emplace(contact.id, std::move(contact));
    std::vector<store::Contact> people;
    for (const Message& message : messages) {
        const auto found = known.find(message.contact);
        if (found != known.end())
            people.push_back(found->second);
        else
            (message.channel == "email" ? people.emplace_back().email : people.emplace_back().phone) =
                message.address;
    }
    return people;
}

// A page of the next step, as materialising writes one of the first (send/materialise).
void enter(store::Session& session, const Leap& leap, std::int64_t now) {
    std::vector<Message> messages = leap.admitted.messages;
    drop_followed(session, messages);
    if (messages.empty()) return;
    const Campaign step = open_step(session, leap.from, leap.steps, now);
    for (Message& message : messages) message.campaign = step.id;
    const auto people = people_of(session, {step.tenant}, messages);
    auto groups = group_by_opening(load_timing(session, step), people, std::move(messages), now);
    if (!write_groups(session, step, groups, 0, true))
        throw store::DbError(store::DbError::Kind::busy, "the step's campaign changed while it was locked");
}

void note_left(store::Session& session, const std::map<Id, std::int64_t>& left) {
    for (const auto& [campaign, n] : left)
        store::campaigns::add_reasons(
            session, campaign,
            {{{domain::State::uncertain, std::string(domain::reason::uncertain_before)}, n}});
}

// The single message that follows, with what is left of the route.
Message next_single(const Admitted& admitted, const std::vector<domain::Step>& steps) {
    Message message = admitted.messages.front();
    const domain::Step& step = steps.front();
    Json content{{"from", ""},
                 {"content", domain::to_json(step.content)},
                 {"follows", step.rule.after_ms > 0 ? "silence" : "failure"}};
    if (steps.size() > 1) content.set("fallback", domain::to_json({steps.begin() + 1, steps.end()}));
    message.content = content.dump();
    return message;
}

// Another server has decided about some of these rows: nothing of this page is written.
class TakenMeanwhile : public std::exception {};

// Those that a quota does not let through: their steps wait until it does. portfolios: by the message that
// each follows.
void hold_back(store::Session& session, std::vector<Message>& messages,
               const std::map<Id, std::string>& portfolios, std::int64_t now) {
    std::vector<store::Fallback> waiting;
    std::erase_if(messages, [&](const Message& message) {
        if (message.state != domain::State::queued) return false;
        const QuotaOf of{{message.tenant}, message.channel, message.connection, portfolios.at(message.after)};
        const Allowance allowance = reserve(session, of, {&message, 1}, now);
        if (allowance.messages == 1) return false;
        waiting.push_back({message.after, message.tenant, singles, allowance.opens_at});
        return true;
    });
    store::fallbacks::insert(session, waiting);
}

void enter_singles(store::Session& session, std::vector<Message> messages,
                   const std::map<Id, std::string>& portfolios, std::int64_t now) {
    drop_followed(session, messages);
    hold_back(session, messages, portfolios, now);
    if (messages.empty()) return;
    Id id = store::reserve_ids(session, static_cast<std::int64_t>(messages.size()));
    std::vector<store::Queued> rows;
    std::vector<store::Fallback> skipped;
    for (Message& message : messages) {
        message.id = id++;
        if (message.state == domain::State::queued) rows.push_back(due_at_once(message, now));
        const auto rule = domain::first_rule(Json::parse(message.content)["fallback"]);
        if (!rule) continue;
        const auto due = due_of_skipped(std::span<const Message>(&message, 1), *rule, singles);
        skipped.insert(skipped.end(), due.begin(), due.end());
    }
    store::messages::insert(session, messages);
    store::follow_ups::add(session, messages);
    store::queue::insert(session, rows);
    store::fallbacks::insert(session, skipped);
}

}  // namespace

Fallback::Fallback(Parts parts, Millis every)
    : parts_(std::move(parts)),
      duty_("fallback", {parts_.db, parts_.writer, parts_.clock, parts_.holder}, bell_,
            {store::fallbacks::any_due, [this] { return pages(); }}, every) {}

bool Fallback::pages() {
    const auto routes = parts_.db.read([now = parts_.clock.now_ms()](store::Session& session) {
        return store::campaigns::routes_due(session, now, most_routes);
    });
    bool more = page_of_singles();
    for (const Campaign& route : routes) {
        if (duty_.stopping() || !duty_.hold()) return false;
        more = page_of_route(route) || more;
    }
    return more;
}

bool Fallback::page_of_route(const Campaign& route) {
    const std::int64_t now = parts_.clock.now_ms();
    Page page =
        parts_.db.read([&](store::Session& session) { return decided(session, route, now, page_size); });
    if (page.rows.empty()) return false;
    for (auto& [campaign, leap] : page.leaps) {
        auto admitted = admit_next(parts_.db, parts_.connections, {{route.tenant}, leap.steps.front()},
                                   leap.earlier, now);
        if (!admitted) {
            pause(route, "step " + std::to_string(leap.from.step + 2) + ": " + admitted.error().text);
            return false;
        }
        leap.admitted = *std::move(admitted);
    }
    const bool written = write([&](store::Session& session) {
        const auto locked = store::campaigns::find_locked(session, route.id);
        if (!locked || locked->state != CampaignState::sending) throw TakenMeanwhile();
        if (!store::fallbacks::take(session, page.rows)) throw TakenMeanwhile();
        store::fallbacks::insert(session, page.later);
        note_left(session, page.left);
        for (const auto& [campaign, leap] : page.leaps) enter(session, leap, now);
    });
    if (written && !page.leaps.empty()) parts_.to_dispatch();
    return written && page.rows.size() == page_size;
}

bool Fallback::write(const store::Writer::Unit& unit) {
    try {
        parts_.writer.run(unit);
        return true;
    } catch (const TakenMeanwhile&) {
        return false;
    }
}

bool Fallback::page_of_singles() {
    const std::int64_t now = parts_.clock.now_ms();
    std::vector<store::Fallback> rows;
    std::int64_t restored_at = 0;
    const auto due = parts_.db.read([&](store::Session& session) {
        restored_at = store::epoch::restored_at(session);
        rows = store::fallbacks::due(session, singles, now, singles_page);
        return load_due(session, rows);
    });
    if (rows.empty()) return false;
    std::vector<store::Fallback> later;
    std::vector<Message> next;
    std::map<Id, std::string> portfolios;
    for (DueMessage one : due) {
        if (one.message.created_at < restored_at) continue;  // nobody knows what has followed it since
        const auto steps = steps_of(Json::parse(one.message.content)["fallback"]);
        if (steps.empty()) continue;
        const Decision decision = decide(one, steps.front().rule, domain::OnUncertain::leave, now);
        if (decision == Decision::later) later.push_back(one.row);
        if (decision != Decision::go) continue;
        const NextStep step{{one.message.tenant}, steps.front(), one.message.origin};
        const auto admitted = admit_next(parts_.db, parts_.connections, step, {one.message}, now);
        if (admitted) {
            next.push_back(next_single(*admitted, steps));
            const auto opened = parts_.connections.open({one.message.tenant}, steps.front().connection);
            portfolios[next.back().after] =
                opened ? portfolio_of(*opened, steps.front().channel, steps.front().content.kind) : "";
        } else if (now < one.message.created_at + domain::late_news_ms) {
            spdlog::warn("message {}: its next step waits: {}", one.message.id, admitted.error().text);
            later.push_back({one.message.id, one.message.tenant, singles, now + trouble_ms});
        } else {
            spdlog::error("message {}: its next step is given up after a day: {}", one.message.id,
                          admitted.error().text);
        }
    }
    const bool written = write([&](store::Session& session) {
        if (!store::fallbacks::take(session, rows)) throw TakenMeanwhile();
        store::fallbacks::insert(session, later);
        enter_singles(session, next, portfolios, now);
    });
    if (written && !next.empty()) parts_.to_queue();
    return written && rows.size() == singles_page;
}

void Fallback::pause(const Campaign& route, const std::string& reason) {
    spdlog::warn("campaign {} pauses: {}", route.id, reason);
    parts_.writer.run([&, now = parts_.clock.now_ms()](store::Session& session) {
        const auto locked = store::campaigns::find_locked(session, route.id);
        if (!locked || locked->state != CampaignState::sending) return;
        change_steps(session, *locked, domain::Action::pause, reason, now);
        store::campaigns::set_state(session, *locked, CampaignState::paused, reason, now);
    });
}

}  // namespace dakiya::send
