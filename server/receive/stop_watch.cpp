#include "receive/stop_watch.hpp"

#include <algorithm>

namespace dakiya::receive {

namespace {

using domain::State;
using How = domain::Ending::How;

constexpr std::int64_t forget_after_ms = 3'600'000;
constexpr domain::StopRule no_slope{100, 1};  // receive/report_share has the rule
constexpr std::size_t look_after = 20;        // failures

// Of messages around it most have been reported, when reports come in any order.
Id take_middle(std::vector<Id>& messages) {
    const auto middle = messages.begin() + static_cast<std::ptrdiff_t>(messages.size() / 2);
    std::nth_element(messages.begin(), middle, messages.end());
    const Id message = *middle;
    messages.clear();
    return message;
}

}  // namespace

std::optional<Report> report_of(const store::Outcome& outcome, State before, State said) {
    if (outcome.campaign == 0) return std::nullopt;
    Report report{outcome.tenant, outcome.campaign, outcome.message, {}};
    report.ending.begun_at = outcome.sent_at;
    if (said == State::sent || said == State::delivered || said == State::read) {
        report.ending.how = How::good;
        return report;
    }
    if (outcome.state != State::failed || before == State::failed) return std::nullopt;
    report.ending = {How::failed, domain::parse_class(outcome.cls), outcome.code, outcome.text,
                     outcome.sent_at};
    return report;
}

StopWatch::Due StopWatch::note(std::span<const Report> reports, std::int64_t now_ms) {
    for (const Report& report : reports) {
        const bool failed = report.ending.how == How::failed;
        auto found = campaigns_.find(report.campaign);
        if (found == campaigns_.end()) {
            if (!failed) continue;
            const Watched fresh{report.tenant, domain::StopRules(no_slope), {}, now_ms};
            found = campaigns_.emplace(report.campaign, fresh).first;
        }
        Watched& watched = found->second;
        watched.rules.note(report.ending);
        if (failed) watched.failed.push_back(report.message);
        watched.noted_at = now_ms;
    }
    Due due;
    for (auto& [campaign, watched] : campaigns_) {
        if (watched.rules.reason()) {
            due.stops.push_back({watched.tenant, campaign, *watched.rules.reason()});
            watched.rules.begin_anew(now_ms);
            watched.failed.clear();
        }
        if (watched.failed.size() >= look_after)
            due.looks.push_back({watched.tenant, campaign, take_middle(watched.failed)});
    }
    std::erase_if(campaigns_,
                  [&](const auto& entry) { return entry.second.noted_at < now_ms - forget_after_ms; });
    return due;
}

}  // namespace dakiya::receive
