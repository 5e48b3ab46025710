#include "send/timing.hpp"

#include <algorithm>
#include <set>

#include "domain/admission.hpp"
#include "domain/phone.hpp"
#include "domain/zones.hpp"
#include "store/chunks.hpp"
#include "store/tenants.hpp"

namespace dakiya::send {

namespace {

using store::Contact;
using store::Message;

constexpr std::size_t most_in_a_chunk = 1000;
constexpr std::size_t whereabouts_bytes = 500;  // of the column

std::string attribute(const Json& attributes, std::string_view name) {
    const Json& value = attributes[name];
    return value.is_string() ? value.text() : std::string();
}

std::string whereabouts_of(const Contact& contact, const std::string& tenant_zone) {
    const Json attributes = Json::parse(contact.attributes);
    std::string state = attribute(attributes, "state");
    if (state.empty()) state = attribute(attributes, "region");
    return domain::whereabouts(attribute(attributes, "zone"), state, domain::country_of(contact.phone),
                               tenant_zone);
}

// From when until when; from 0: at once, to 0: for ever.
using Times = std::pair<std::int64_t, std::int64_t>;

std::optional<Times> times_of(const Timing& timing, const std::string& whereabouts, std::int64_t now_ms) {
    std::int64_t from = now_ms;
    const auto& schedule = timing.plan.schedule;
    if (schedule && schedule->zone == domain::recipients_zone)
        from = std::max(
            from, domain::scheduled_instant(schedule->at, schedule->zone, whereabouts, timing.tenant_zone));
    const auto opening = timing.opening(whereabouts, from);
    if (!opening) return std::nullopt;
    const std::int64_t begin = std::max(opening->from, from);
    return Times{begin <= now_ms ? 0 : begin, opening->to == INT64_MAX ? 0 : opening->to};
}

// The chunks of one page, while it is sorted.
class Groups {
public:
    void add(const Times& times, const std::string& whereabouts, Message message) {
        Group& group = open_group(times, whereabouts);
        if (message.state == domain::State::skipped)
            ++group.skipped[{domain::State::skipped, message.reason}];
        group.messages.push_back(std::move(message));
    }

    std::vector<Group> take() {
        std::vector<Group> list;
        for (auto& [times, groups] : groups_)
            std::move(groups.begin(), groups.end(), std::back_inserter(list));
        return list;
    }

private:
    Group& open_group(const Times& times, const std::string& whereabouts) {
        std::vector<Group>& groups = groups_[times];
        if (!groups.empty() && groups.back().messages.size() < most_in_a_chunk) {
            std::set<std::string>& places = places_[times];
            Group& last = groups.back();
            if (whereabouts.empty() || places.contains(whereabouts)) return last;
            if (last.whereabouts.size() + 1 + whereabouts.size() <= whereabouts_bytes) {
                if (!last.whereabouts.empty()) last.whereabouts += ',';
                last.whereabouts += whereabouts;
                places.insert(whereabouts);
                return last;
            }
        }
        places_[times] = {whereabouts};
        return groups.emplace_back(Group{times.first, times.second, whereabouts, {}, {}});
    }

    std::map<Times, std::vector<Group>> groups_;
    std::map<Times, std::set<std::string>> places_;  // of the last group of each
};

}  // namespace

Timing load_timing(store::Session& session, const store::Campaign& campaign) {
    Timing timing{domain::stored_plan(campaign.plan)};
    const auto tenant = store::tenants::find(session, campaign.tenant);
    if (tenant && domain::known_zone(tenant->zone)) timing.tenant_zone = tenant->zone;
    return timing;
}

std::vector<Group> group_by_opening(const Timing& timing, std::span<const Contact> contacts,
                                    std::vector<Message> messages, std::int64_t now_ms) {
    Groups groups;
    std::map<std::string, std::optional<Times>> known;
    const bool timed = timing.plan.timed();
    for (std::size_t i = 0; i < messages.size(); ++i) {
        Message& message = messages[i];
        if (!timed || message.state == domain::State::skipped) {
            groups.add({}, "", std::move(message));
            continue;
        }
        const std::string where = whereabouts_of(contacts[i], timing.tenant_zone);
        const auto [times, unknown] = known.try_emplace(where);
        if (unknown) times->second = times_of(timing, where, now_ms);
        if (!times->second) {
            message.state = domain::State::skipped;
            message.reason = domain::reason::no_time_suits;
        }
        groups.add(times->second.value_or(Times{}), times->second ? where : "", std::move(message));
    }
    return groups.take();
}

bool reopen_chunks(store::Database& db, store::Writer& writer, const store::Campaign& campaign,
                   std::int64_t now_ms) {
    if (!domain::stored_plan(campaign.plan).timed()) return false;
    const auto closed =
        db.read([&](store::Session& session) { return store::chunks::closed(session, campaign.id, now_ms); });
    if (closed.empty()) return false;
    const Timing timing = db.read([&](store::Session& session) { return load_timing(session, campaign); });
    writer.run([&](store::Session& session) {
        for (const store::chunks::Closed& chunk : closed) {
            const auto opening = timing.opening(chunk.whereabouts, now_ms);
            // A group's zones may drift apart when clocks change. It stays closed, and is looked at again
            // tomorrow.
            const std::int64_t from = opening ? opening->from : now_ms + domain::day_ms;
            const std::int64_t to = opening ? opening->to : from;
            store::chunks::reopen(session, campaign.id, chunk, from, to == INT64_MAX ? 0 : to, now_ms);
        }
    });
    return true;
}

}  // namespace dakiya::send
