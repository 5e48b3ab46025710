#include "send/series.hpp"

#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "domain/recurrence.hpp"
#include "domain/zones.hpp"
#include "send/timing.hpp"
#include "store/campaign_runs.hpp"
#include "store/ids.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Campaign;

constexpr std::size_t name_bytes = 190;  // of the column
constexpr std::size_t at_once = 500;     // occurrences; the others are next

struct Occurrence {
    std::int64_t wall = 0;
    std::int64_t starts_at = 0;  // Unix ms
};

// In order, from the first that starts at `from` or later.
std::vector<Occurrence> occurrences(const domain::Schedule& schedule, const std::string& tenant_zone,
                                    std::int64_t from, std::size_t most) {
    std::vector<Occurrence> list;
    const auto add = [&](std::int64_t wall) {
        const std::int64_t starts_at = domain::first_instant(wall, schedule.zone, tenant_zone);
        if (starts_at >= from && list.size() < most) list.push_back({wall, starts_at});
    };
    if (schedule.repeat.empty()) {
        add(schedule.at);
        return list;
    }
    // The wall clock is at most a day away from UTC.
    for (const std::int64_t wall :
         domain::occurrences(schedule.repeat, schedule.at, from - domain::day_ms, most + 3))
        add(wall);
    return list;
}

// What an occurrence sends: the series at that time, once.
Campaign run_of(const Campaign& series, domain::Plan plan, const Occurrence& occurrence,
                std::int64_t now_ms) {
    plan.schedule->at = occurrence.wall;
    plan.schedule->repeat.clear();
    Campaign run = series;
    run.series = series.id;
    run.name =
        std::string(utf8_prefix(series.name, name_bytes - 20)) + " " + domain::format_wall(occurrence.wall);
    run.plan = domain::to_json(plan).dump();
    run.state = CampaignState::sending;
    run.state_text.clear();
    run.scheduled_at = occurrence.starts_at;
    run.created_at = run.started_at = now_ms;
    run.version = 1;
    return run;
}

}  // namespace

std::optional<std::int64_t> next_start(const domain::Plan& plan, const std::string& tenant_zone,
                                       std::int64_t from) {
    if (!plan.schedule) return std::nullopt;
    const auto next = occurrences(*plan.schedule, tenant_zone, from, 1);
    if (next.empty()) return std::nullopt;
    return next.front().starts_at;
}

void run_series(store::Database& db, store::Writer& writer, const Campaign& series, std::int64_t now_ms) {
    const Timing timing = db.read([&](store::Session& session) { return load_timing(session, series); });
    auto due = occurrences(*timing.plan.schedule, timing.tenant_zone, series.scheduled_at, at_once);
    std::optional<std::int64_t> next;
    while (!due.empty() && due.back().starts_at > now_ms) {
        next = due.back().starts_at;
        due.pop_back();
    }
    // After a list that is full there may be more: the last one is where the next round begins.
    const bool full = due.size() == at_once;
    if (full) {
        next = due.back().starts_at;
        due.pop_back();
    }
    const bool runs = !full && !due.empty() && now_ms - due.back().starts_at < series_patience_ms;

    bool done = false;
    writer.run([&](store::Session& session) {
        done = next ? store::campaigns::set_scheduled_at(session, series, *next)
                    : store::campaigns::set_state(session, series, CampaignState::completed, "", now_ms);
        if (!done) return;
        for (const Occurrence& occurrence : due) {
            store::CampaignRun entry{series.id, occurrence.starts_at, series.tenant, 0};
            if (runs && &occurrence == &due.back()) {
                Campaign run = run_of(series, timing.plan, occurrence, now_ms);
                run.id = entry.campaign = store::reserve_ids(session, 1);
                store::campaigns::create(session, run);
            }
            store::campaign_runs::add(session, entry);
        }
    });
    if (done && due.size() > (runs ? 1U : 0U))
        spdlog::warn("series {}: {} occurrences were missed", series.id, due.size() - (runs ? 1 : 0));
}

}  // namespace dakiya::send
