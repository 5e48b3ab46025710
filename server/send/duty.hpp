// An engine whose work one server does at a time: rounds like those of base/rounds, begun only by the server
// that has the role (store/leases). The role is taken when there is work, renewed while there is, and given
// back by stop(); a dead server's is free when its lease has run out. So an idle server writes nothing, the
// others ask two small questions a round, and what a dead one left is gone on with after a lease and a round.
//
// An owner that slept through its lease may still write the rest of a round: what must not be written then
// carries a fence of its own (a campaign's version, a claim, or fence() here).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/rounds.hpp"
#include "store/leases.hpp"
#include "store/writer.hpp"

namespace dakiya::send {

// This server, as an owner of leases.
struct Holder {
    std::string node;
    Millis lease{5'000};
};

class Duty {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        const Clock& clock;
        Holder holder;
    };
    struct Work {
        // Whether there is anything to do. Every server asks it in every round: a look at an index.
        std::function<bool(store::Session&, std::int64_t now_ms)> any;
        // With the role. True: there is more to do at once.
        std::function<bool()> round;
    };

    // name: of the role and the thread.
    Duty(std::string name, Parts parts, Bell& bell, Work work, Millis idle = Millis(500));

    void start() { rounds_.start(); }
    // Waits for the round that runs, then gives the role back.
    void stop();
    bool stopping() const { return rounds_.stopping(); }
    // Without start(): one round on the caller's thread (tests/simulate). True: there is more to do at once.
    bool round();

    // In long rounds, between two steps: renews the role when a third of the lease has passed. False: it is
    // another server's by now, and the round should end.
    bool hold();
    // For units: leases::holds(session, fence) is false when somebody else has the role by now. Only while
    // the role is held.
    store::Lease fence() const { return *lease_; }

private:
    void give_back();

    const std::string name_;
    const Parts parts_;
    const Work work_;
    std::optional<store::Lease> lease_;
    Steady renew_at_{};
    Rounds rounds_;
};

}  // namespace dakiya::send
