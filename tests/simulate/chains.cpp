#include "chains.hpp"

#include <fmt/format.h>

#include "domain/campaign.hpp"
#include "domain/message.hpp"
#include "domain/route.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

using domain::State;

std::int64_t number(State state) { return static_cast<std::int64_t>(state); }

std::string name(Id message) { return format_id(prefix::message, message); }

struct Link {
    Id before = 0;
    bool after_silence = false;  // it is sent although the one before it was, and nothing came back
};

Link link_of(store::Session& session, Id message) {
    const auto rows = session.query(
        "SELECT m.after_id, COALESCE(c.follows, 0), m.content FROM messages m LEFT JOIN campaigns c ON c.id "
        "= "
        "m.campaign_id WHERE m.id = ?",
        {message});
    if (rows.empty()) return {};
    const bool silence = rows[0].integer(1) == static_cast<std::int64_t>(domain::Follows::silence) ||
                         rows[0].text(2).find(R"("follows":"silence")") != std::string::npos;
    return {rows[0].integer(0), silence};
}

}  // namespace

Chains::Chains(World& world)
    : world_(world), any_(world.plan().route.steps > 0 || world.plan().people.retry_failed > 0) {}

void Chains::look() {
    if (!any_) return;
    for (const auto& row : world_.observer().query(
             "SELECT f.message_id, o.state FROM follow_ups f JOIN outcomes o ON o.message_id = f.message_id "
             "WHERE o.state IN (?, ?, ?)",
             {number(State::sent), number(State::delivered), number(State::read)})) {
        auto& reached = row.integer(1) == number(State::sent) ? sent_ : delivered_;
        if (const auto [entry, fresh] = reached.try_emplace(row.integer(0)); fresh)
            entry->second = world_.may_leave();
    }
}

std::string Chains::objection(Id message) {
    if (!any_) return {};
    const auto too_late = [message](const std::map<Id, std::set<Id>>& reached, Id before) {
        const auto found = reached.find(before);
        return found != reached.end() && !found->second.contains(message);
    };
    const Link link = link_of(world_.observer(), message);
    for (Id before = link.before; before != 0; before = link_of(world_.observer(), before).before)
        if (too_late(delivered_, before))
            return fmt::format("{} had been delivered before the message was marked", name(before));
    if (!link.after_silence && too_late(sent_, link.before))
        return fmt::format("{} had been sent before the message was marked", name(link.before));
    return {};
}

// A failure that was known within a day of the attempt begins the next step, unless somebody cancelled.
void Chains::check() {
    if (!any_) return;
    for (const auto& row : world_.observer().query(
             "SELECT o.message_id FROM outcomes o JOIN messages m ON m.id = o.message_id "
             "LEFT JOIN campaigns c ON c.id = m.campaign_id LEFT JOIN campaigns r ON r.id = c.parent_id "
             "LEFT JOIN follow_ups f ON f.message_id = m.id "
             "WHERE o.state = ? AND o.class IN ('recipient', 'provider') AND o.attempts > 0 "
             "AND o.updated_at < o.sent_at + ? AND f.message_id IS NULL "
             "AND COALESCE(r.state, c.state, 0) <> ? "
             "AND (c.fallback <> '' OR (m.campaign_id = 0 AND m.content LIKE '%\"fallback\"%'))",
             {number(State::failed), domain::late_news_ms,
              static_cast<std::int64_t>(domain::CampaignState::cancelled)}))
        world_.find("every failure begins the next step",
                    name(row.integer(0)) + " failed, and nothing follows");
}

}  // namespace dakiya::simulate
