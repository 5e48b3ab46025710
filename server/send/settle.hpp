// Finds out about uncertain messages whose provider can look one up: asks a few times, ever more rarely,
// and leaves what it hears to receive's processor (they meet in the store). What nobody can tell stays
// uncertain and visible.
#pragma once

#include <memory>

#include "base/rounds.hpp"
#include "send/connections.hpp"
#include "send/exchange.hpp"
#include "store/messages.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

class Settle {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        Exchange& exchange;
        Connections& connections;
        const Clock& clock;
        Bell& processor;
    };

    explicit Settle(Parts parts);

    void start() { rounds_.start(); }
    void stop() { rounds_.stop(); }

    // Without start(): one round on the caller's thread (tests/simulate).
    void round();

    static constexpr int most_lookups = 5;

private:
    // False when this connection cannot be asked now.
    bool look_up(const store::Unsettled& row, const store::Message& message, const store::Outcome& outcome);

    Parts parts_;
    Bell bell_;
    Rounds rounds_;
};

}  // namespace dakiya::send
