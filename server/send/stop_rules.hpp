// When a campaign must not go on as it is: the stop column of the table of error classes
// (domain/outcome.hpp), and a share of failures that is too large. One of these watches one campaign. A
// value.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "domain/plan.hpp"
#include "send/verdict.hpp"

namespace dakiya::send {

class StopRules {
public:
    explicit StopRules(const domain::StopRule& slope = {}) : slope_(slope) {}

    void note(const Verdict& verdict);
    // Why to pause, for a person; stays once it is there.
    const std::optional<std::string>& reason() const { return reason_; }
    // The whole connection needs attention: no campaign gets through on it.
    bool of_connection() const { return of_connection_; }

    static constexpr int in_a_row = 10;

private:
    void note_class(const Verdict& verdict);
    void note_slope(const Verdict& verdict);

    domain::StopRule slope_;
    std::deque<bool> ended_;  // whether it failed, of the last slope_.after messages
    int failed_ = 0;          // of these

    domain::Class last_ = domain::Class::other;
    int count_ = 0;
    bool of_connection_ = false;
    std::optional<std::string> reason_;
};

}  // namespace dakiya::send
