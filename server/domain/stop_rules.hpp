// When a campaign must not go on as it is: the stop column of the table of error classes (domain/outcome),
// and a share of failures that is too large. One of these watches one campaign. A value.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "domain/outcome.hpp"
#include "domain/plan.hpp"

namespace dakiya::domain {

// How an attempt ended, or what a report said of it afterwards.
struct Ending {
    enum class How : std::uint8_t { good, failed, unknown, again };  // again: it is tried once more
    How how = How::unknown;
    Class cls = Class::other;  // unless good
    std::string code, text;
    std::int64_t begun_at = 0;  // Unix ms: the attempt
};

// Why to pause.
struct StopReason {
    std::string text;            // for a person
    bool of_connection = false;  // the whole connection needs attention: no campaign gets through on it
    std::int64_t begun_at = 0;   // Unix ms: the oldest attempt that it rests on
};

// "61 of the last 200 messages failed (allowed 30 %)". Nothing when the rule allows that many of rule.after.
std::optional<std::string> too_large_share(int failed, const StopRule& rule);
inline constexpr std::string_view share_advice =
    "Look at the reasons in its statistics, correct audience or content, then resume or cancel";

class StopRules {
public:
    explicit StopRules(const StopRule& slope = {}) : slope_(slope) {}

    void note(const Ending& ending);
    // Stays once it is there.
    const std::optional<StopReason>& reason() const { return reason_; }
    // Forgets everything; attempts that were begun before count no more, whenever they end.
    void begin_anew(std::int64_t now_ms);

    static constexpr int in_a_row = 10;

private:
    struct Ended {
        bool failed;
        std::int64_t begun_at;
    };

    void note_class(const Ending& ending);
    void note_slope(const Ending& ending);

    StopRule slope_;
    std::int64_t since_ = 0;
    std::deque<Ended> ended_;  // the last slope_.after messages
    int failed_ = 0;           // of these

    Class last_ = Class::other;
    int count_ = 0;
    std::int64_t oldest_ = 0;  // begun_at of these
    std::optional<StopReason> reason_;
};

}  // namespace dakiya::domain
