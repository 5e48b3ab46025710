// Finds out about uncertain messages whose provider can look one up: asks a few times, ever more rarely,
// and leaves what it hears to receive's processor (they meet in the store). What nobody can tell stays
// uncertain and visible.
#pragma once

#include <memory>

#include "send/inquiry.hpp"
#include "store/messages.hpp"

namespace dakiya::send {

class Settle {
public:
    explicit Settle(Inquiry parts);

    void start() { duty_.start(); }
    void stop() { duty_.stop(); }
    // Without start(): one round on the caller's thread (tests/simulate).
    void round() { duty_.round(); }

    static constexpr int most_lookups = 5;

private:
    void page();
    // False when this connection cannot be asked now.
    bool look_up(const store::Unsettled& row, const store::Message& message, const store::Outcome& outcome);

    Inquiry parts_;
    Bell bell_;
    Duty duty_;
};

}  // namespace dakiya::send
