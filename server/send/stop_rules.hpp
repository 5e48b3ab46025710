// When a campaign must not go on as it is: the stop column of the table of error classes
// (domain/outcome.hpp). One of these watches one campaign. A value.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "send/verdict.hpp"

namespace dakiya::send {

class StopRules {
public:
    void note(const Verdict& verdict);
    // Why to pause, for a person; stays once it is there.
    const std::optional<std::string>& reason() const { return reason_; }
    // The whole connection needs attention: no campaign gets through on it.
    bool of_connection() const { return of_connection_; }

    static constexpr int in_a_row = 10;

private:
    domain::Class last_ = domain::Class::other;
    int count_ = 0;
    bool of_connection_ = false;
    std::optional<std::string> reason_;
};

}  // namespace dakiya::send
