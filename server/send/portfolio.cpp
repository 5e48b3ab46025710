#include "send/portfolio.hpp"

#include <algorithm>

#include "domain/people_limit.hpp"
#include "domain/quota.hpp"
#include "domain/zones.hpp"
#include "store/quotas.hpp"

namespace dakiya::send {

namespace {

// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages: a
// customer service window is open for 24 hours.
constexpr std::int64_t service_window_ms = domain::day_ms;

// The first of these settings that has a value names the business.
std::string account_of(const Json& settings, const Json& names) {
    for (const Json& name : names)
        if (const std::string value = settings[name.text()].scalar(); !value.empty()) return value;
    return {};
}

std::string portfolio_name(const OpenConnection& connection) {
    const Json& people = connection.plugin->manifest().raw["people"];
    if (!people.is_object()) return {};
    const std::string account = account_of(connection.settings, people.at("account"));
    return account.empty() ? "" : connection.provider + ":" + account;
}

// The provider's word, or else that of the settings.
std::optional<std::int64_t> limit_in(const OpenConnection& connection,
                                     const std::vector<plugin::Record>& records) {
    for (const plugin::Record& record : records)
        if (record.kind == "sender")
            if (const auto limit = domain::parse_people_limit(record.json["limit"].scalar())) return limit;
    const Json& people = connection.plugin->manifest().raw["people"];
    const std::string setting = people.is_object() ? people.value("limit", "") : "";
    return domain::parse_people_limit(connection.settings[setting].scalar());
}

std::vector<std::string> addresses_of(std::span<const store::Message> messages) {
    std::vector<std::string> addresses;
    for (const store::Message& message : messages) addresses.push_back(message.address);
    return addresses;
}

}  // namespace

std::string portfolio_of(const OpenConnection& connection, std::string_view channel, std::string_view kind) {
    const Json& people = connection.plugin->manifest().raw["people"];
    if (kind != "template" || !people.is_object() || people.at("channel").text() != channel) return {};
    return portfolio_name(connection);
}

void note_people_limit(store::Session& session, const OpenConnection& connection,
                       const std::vector<plugin::Record>& records, std::int64_t now_ms) {
    const std::string name = portfolio_name(connection);
    const auto limit = limit_in(connection, records);
    if (name.empty() || !limit) return;
    const store::Scope scope{connection.tenant};
    const auto portfolio = store::portfolios::with(session, scope, name, connection.id);
    if (portfolio.per_day == *limit) return;
    store::portfolios::set_limit(session, portfolio.id, *limit);
    store::holds::hurry(session, scope, now_ms);
}

PeopleCount::PeopleCount(store::Session& session, const QuotaOf& of, std::span<const store::Message> messages,
                         std::int64_t now_ms)
    : of_(of), messages_(messages), now_ms_(now_ms) {
    if (of.portfolio.empty() || messages.empty()) return;
    portfolio_ = store::portfolios::with(session, of.scope, of.portfolio, of.connection);
    const auto addresses = addresses_of(messages);
    const std::int64_t from = domain::first_counted_slot(now_ms);
    before_ = store::portfolios::slots(session, portfolio_.id, addresses, from);
    may_answer_ =
        store::portfolios::heard_since(session, of.connection, addresses, now_ms - service_window_ms);
    in_use_ = store::portfolios::in_use(session, portfolio_.id, from);
}

std::int64_t PeopleCount::room() const {
    return std::max<std::int64_t>(portfolio_.per_day - in_use_.people, 0);
}

Allowance PeopleCount::allowance(store::Session& session) const {
    const Allowance all{static_cast<int>(messages_.size()), 0, ""};
    if (!counts() || portfolio_.per_day <= 0) return all;
    std::set<std::string_view> fresh;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
        const std::string& address = messages_[i].address;
        if (before_.contains(address) || may_answer_.contains(address)) continue;
        fresh.insert(address);
        if (static_cast<std::int64_t>(fresh.size()) <= room()) continue;
        const std::int64_t opens_at =
            domain::slot_leaves_at(in_use_.people > 0 ? in_use_.oldest : domain::slot_at(now_ms_));
        return {static_cast<int>(i), opens_at,
                "the provider's limit of " + domain::with_commas(portfolio_.per_day) +
                    " people in 24 hours is reached; goes on at " + local_time(session, of_.scope, opens_at)};
    }
    return all;
}

void PeopleCount::enter(store::Session& session, std::size_t n) const {
    if (!counts()) return;
    std::vector<std::string> counted;
    for (const store::Message& message : messages_.first(n))
        if (!may_answer_.contains(message.address)) counted.push_back(message.address);
    store::portfolios::enter(session, portfolio_.id, counted, before_, domain::slot_at(now_ms_));
}

}  // namespace dakiya::send
