// Asks providers that report nothing by themselves what became of their messages (operation status), many at
// once and ever more rarely, and leaves what it hears to receive's processor (they meet in the store).
#pragma once

#include <vector>

#include "send/inquiry.hpp"
#include "store/status_polls.hpp"

namespace dakiya::send {

class StatusPolls {
public:
    explicit StatusPolls(Inquiry parts);

    void start() { duty_.start(); }
    void stop() { duty_.stop(); }

    static constexpr std::int64_t first_wait_ms = 30'000;  // after the attempt
    static constexpr int most_questions = 12;  // 30 s, 1 min, 2 min, …, once six hours: over a day in all

private:
    void page();
    // Asks about these, of one connection. False when it cannot be asked now.
    bool ask(const std::vector<store::StatusPoll>& rows);
    // In one question: no more than the manifest lets it have.
    void ask_at_once(const OpenConnection& connection, const std::vector<store::StatusPoll>& rows);

    Inquiry parts_;
    Bell bell_;
    Duty duty_;
};

// The row after one more question that was not the last word.
store::StatusPoll after_question(store::StatusPoll row, std::int64_t now_ms);

}  // namespace dakiya::send
