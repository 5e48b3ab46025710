#include "domain/stop_rules.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace dakiya::domain {

namespace {

constexpr std::size_t most_quoted = 300;  // bytes of the provider's words: the advice must fit too

std::string why(const Ending& ending, std::string_view what, std::string_view advice) {
    std::string text(what);
    text += " (";
    text += to_string(ending.cls);
    if (!ending.code.empty()) text += ", code " + ending.code;
    text += ")";
    if (!ending.text.empty()) text += ": " + std::string(utf8_prefix(ending.text, most_quoted));
    return text + ". " + std::string(advice);
}

}  // namespace

std::optional<std::string> too_large_share(int failed, const StopRule& rule) {
    if (failed * 100 <= rule.after * rule.max_failed_percent) return std::nullopt;
    return std::to_string(failed) + " of the last " + std::to_string(rule.after) +
           " messages failed (allowed " + std::to_string(rule.max_failed_percent) + " %)";
}

void StopRules::begin_anew(std::int64_t now_ms) {
    *this = StopRules(slope_);
    since_ = now_ms;
}

void StopRules::note(const Ending& ending) {
    if (ending.begun_at < since_) return;
    if (!reason_) note_class(ending);
    if (!reason_) note_slope(ending);
}

// What is tried again has not ended.
void StopRules::note_slope(const Ending& ending) {
    if (ending.how == Ending::How::again || slope_.max_failed_percent >= 100) return;
    const bool failed = ending.how == Ending::How::failed;
    ended_.push_back({failed, ending.begun_at});
    failed_ += failed ? 1 : 0;
    if (ended_.size() > static_cast<std::size_t>(slope_.after)) {
        failed_ -= ended_.front().failed ? 1 : 0;
        ended_.pop_front();
    }
    if (!failed || ended_.size() < static_cast<std::size_t>(slope_.after)) return;
    const auto what = too_large_share(failed_, slope_);
    if (!what) return;
    const auto oldest =
        std::min_element(ended_.begin(), ended_.end(),
                         [](const Ended& one, const Ended& other) { return one.begun_at < other.begun_at; });
    reason_ = {why(ending, *what + ", the last one", share_advice), false, oldest->begun_at};
}

void StopRules::note_class(const Ending& ending) {
    if (ending.how == Ending::How::good) {
        count_ = 0;
        return;
    }
    switch (meaning(ending.cls).stop) {
        case Stop::pause_connection:
            reason_ = {why(ending, "the provider refuses this connection",
                           "Correct the connection, test it, then resume"),
                       true, ending.begun_at};
            return;
        case Stop::after_ten:
            count_ = ending.cls == last_ ? count_ + 1 : 1;
            oldest_ = count_ == 1 ? ending.begun_at : std::min(oldest_, ending.begun_at);
            last_ = ending.cls;
            if (count_ >= in_a_row)
                reason_ = {why(ending, "ten messages in a row were refused for the same reason",
                               "Correct the content, then resume"),
                           false, oldest_};
            return;
        case Stop::no:
        case Stop::breaker:
        case Stop::quarantine:
            return;
    }
}

}  // namespace dakiya::domain
