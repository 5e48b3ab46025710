#include "send/stop_rules.hpp"

#include "base/text.hpp"

namespace dakiya::send {

namespace {

constexpr std::size_t most_quoted = 300;  // bytes of the provider's words: the advice must fit too

std::string why(const Verdict& verdict, std::string_view what, std::string_view advice) {
    std::string text(what);
    text += " (";
    text += domain::to_string(verdict.cls);
    if (!verdict.code.empty()) text += ", code " + verdict.code;
    text += ")";
    if (!verdict.text.empty()) text += ": " + std::string(utf8_prefix(verdict.text, most_quoted));
    return text + ". " + std::string(advice);
}

}  // namespace

void StopRules::note(const Verdict& verdict) {
    if (!reason_) note_class(verdict);
    if (!reason_) note_slope(verdict);
}

// What is tried again has not ended.
void StopRules::note_slope(const Verdict& verdict) {
    if (verdict.how == Verdict::How::again || slope_.max_failed_percent >= 100) return;
    const bool failed = verdict.how == Verdict::How::failed;
    ended_.push_back(failed);
    failed_ += failed ? 1 : 0;
    if (ended_.size() > static_cast<std::size_t>(slope_.after)) {
        failed_ -= ended_.front() ? 1 : 0;
        ended_.pop_front();
    }
    if (!failed || ended_.size() < static_cast<std::size_t>(slope_.after) ||
        failed_ * 100 <= slope_.after * slope_.max_failed_percent)
        return;
    reason_ = why(
        verdict,
        std::to_string(failed_) + " of the last " + std::to_string(slope_.after) +
            " messages failed (allowed " + std::to_string(slope_.max_failed_percent) + " %), the last one",
        "Look at the reasons in its statistics, correct audience or content, then resume or cancel");
}

void StopRules::note_class(const Verdict& verdict) {
    if (verdict.how == Verdict::How::sent) {
        count_ = 0;
        return;
    }
    switch (domain::meaning(verdict.cls).stop) {
        case domain::Stop::pause_connection:
            of_connection_ = true;
            reason_ = why(verdict, "the provider refuses this connection",
                          "Correct the connection, test it, then resume");
            return;
        case domain::Stop::after_ten:
            count_ = verdict.cls == last_ ? count_ + 1 : 1;
            last_ = verdict.cls;
            if (count_ >= in_a_row)
                reason_ = why(verdict, "ten messages in a row were refused for the same reason",
                              "Correct the content, then resume");
            return;
        case domain::Stop::no:
        case domain::Stop::breaker:
        case domain::Stop::quarantine:
            return;
    }
}

}  // namespace dakiya::send
