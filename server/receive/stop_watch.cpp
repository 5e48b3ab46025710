#include "receive/stop_watch.hpp"

namespace dakiya::receive {

namespace {

using How = domain::Ending::How;

constexpr std::int64_t forget_after_ms = 3'600'000;
// Some providers report failures only: of what share of the messages they are cannot be told from reports.
constexpr domain::StopRule no_slope{100, 1};

}  // namespace

std::vector<StopWatch::Stop> StopWatch::note(std::span<const Report> reports, std::int64_t now_ms) {
    for (const Report& report : reports) {
        auto watched = campaigns_.find(report.campaign);
        if (watched == campaigns_.end()) {
            if (report.ending.how != How::failed) continue;
            const Watched fresh{report.tenant, domain::StopRules(no_slope), now_ms};
            watched = campaigns_.emplace(report.campaign, fresh).first;
        }
        watched->second.rules.note(report.ending);
        watched->second.noted_at = now_ms;
    }
    std::vector<Stop> stops;
    for (auto& [campaign, watched] : campaigns_) {
        if (!watched.rules.reason()) continue;
        stops.push_back({watched.tenant, campaign, *watched.rules.reason()});
        watched.rules.begin_anew(now_ms);
    }
    std::erase_if(campaigns_,
                  [&](const auto& entry) { return entry.second.noted_at < now_ms - forget_after_ms; });
    return stops;
}

}  // namespace dakiya::receive
