// The next steps of routes: takes messages whose time has come, looks at what has become of them, and makes
// the messages of the next step for the people whom the earlier ones did not reach (docs/design.md 6.9).
//
// A page is one transaction: the rows go away, the messages and their chunk come. One server does this at a
// time (send/duty), and should two believe to: who deletes a row has decided, the other writes nothing. That
// an earlier message gets through while its successor waits is noticed again when that one is marked
// (send/overtaken).
#pragma once

#include <functional>

#include "send/duty.hpp"
#include "send/materialise.hpp"
#include "store/fallbacks.hpp"

namespace dakiya::send {

class Fallback {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        Connections& connections;
        const Clock& clock;
        std::function<void()> to_dispatch;  // there are new messages of campaigns
        std::function<void()> to_queue;     // … and single ones
        Holder holder;
    };

    // every: how often it looks. Rarely enough that the failures of a moment come together in a chunk.
    explicit Fallback(Parts parts, Millis every = Millis(1'000));

    void start() { duty_.start(); }
    void stop() { duty_.stop(); }
    bool round() { return duty_.round(); }

    static constexpr int page_size = 1'000;

private:
    bool pages();
    bool page_of_route(const store::Campaign& route);
    bool page_of_singles();
    bool write(const store::Writer::Unit& unit);  // false: another server was faster
    // Parks the route with the reason, for a person to correct.
    void pause(const store::Campaign& route, const std::string& reason);

    Parts parts_;
    Bell bell_;
    Duty duty_;
};

}  // namespace dakiya::send
