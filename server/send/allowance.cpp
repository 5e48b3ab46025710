#include "send/allowance.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "domain/quota.hpp"
#include "domain/zones.hpp"
#include "send/portfolio.hpp"
#include "store/quotas.hpp"
#include "store/tenants.hpp"

namespace dakiya::send {

namespace {

std::string zone_of(store::Session& session, store::Scope scope) {
    const auto tenant = store::tenants::find(session, scope.tenant);
    return tenant && domain::known_zone(tenant->zone) ? tenant->zone : "UTC";
}

void warn_when_crossed(store::Scope scope, const domain::Quota& quota, std::int64_t before) {
    const int was = domain::percent_of(before, quota.per_day);
    const int is = domain::percent_of(quota.used, quota.per_day);
    for (const int level : {domain::warn_percent, 100})
        if (was < level && is >= level)
            spdlog::warn("tenant {}: the {} is used up to {} %", scope.tenant, domain::name_of(quota), level);
}

Allowance reserve_quotas(store::Session& session, const QuotaOf& of, int wanted, std::int64_t now_ms,
                         WithoutQuota& known) {
    const std::tuple whose(of.scope.tenant, of.channel, of.connection);
    if (known.contains(whose)) return {wanted, 0, ""};
    auto quotas = store::quotas::of(session, of.scope, of.channel, of.connection);
    if (quotas.empty()) {
        known.insert(whose);
        return {wanted, 0, ""};
    }
    const domain::Room room = domain::room_in(quotas, wanted, now_ms);
    Allowance allowance{static_cast<int>(room.messages), 0, ""};
    if (room.exhausted != nullptr) {
        const std::string zone = zone_of(session, of.scope);
        allowance.opens_at = domain::next_midnight(now_ms, zone);
        allowance.text = domain::name_of(*room.exhausted) + " reached; goes on at 00:00 " + zone;
    }
    if (allowance.messages == 0) return allowance;
    for (domain::Quota& quota : quotas) {
        const std::int64_t before = quota.used_at(now_ms);
        if (quota.resets_at <= now_ms)
            quota.resets_at = domain::next_midnight(now_ms, zone_of(session, of.scope));
        quota.used = before + allowance.messages;
        warn_when_crossed(of.scope, quota, before);
        store::quotas::set_used(session, of.scope, quota);
    }
    return allowance;
}

}  // namespace

std::string local_time(store::Session& session, store::Scope scope, std::int64_t at_ms) {
    const std::string zone = zone_of(session, scope);
    return domain::format_wall(domain::Zone(zone).wall(at_ms)) + ' ' + zone;
}

Allowance reserve(store::Session& session, const QuotaOf& of, std::span<const store::Message> messages,
                  std::int64_t now_ms) {
    WithoutQuota unknown;
    return reserve(session, of, messages, now_ms, unknown);
}

Allowance reserve(store::Session& session, const QuotaOf& of, std::span<const store::Message> messages,
                  std::int64_t now_ms, WithoutQuota& known) {
    const PeopleCount people(session, of, messages, now_ms);
    const Allowance people_say = people.allowance(session);
    const Allowance quotas_say = reserve_quotas(session, of, people_say.messages, now_ms, known);
    people.enter(session, static_cast<std::size_t>(quotas_say.messages));
    return quotas_say.messages < people_say.messages ? quotas_say : people_say;
}

void give_back(store::Session& session, const QuotaOf& of, int messages, std::int64_t now_ms) {
    if (messages == 0) return;
    for (domain::Quota& quota : store::quotas::of(session, of.scope, of.channel, of.connection)) {
        if (quota.used_at(now_ms) == 0) continue;  // they were of an earlier day
        // Whoever waits for tomorrow may go on.
        if (quota.used >= quota.per_day) store::holds::hurry(session, of.scope, now_ms);
        quota.used = std::max<std::int64_t>(quota.used - messages, 0);
        store::quotas::set_used(session, of.scope, quota);
    }
}

}  // namespace dakiya::send
