// The life of campaigns: starts scheduled ones, materialises those that are sending, ends those that have
// nothing open any more. One server at a time, one thread; blocks on the store only.
#pragma once

#include <functional>

#include "send/canary.hpp"
#include "send/duty.hpp"
#include "send/materialise.hpp"
#include "store/ids.hpp"

namespace dakiya::send {

class Campaigns {
public:
    // All must outlive this. to_dispatch: called when there is something new to send.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        Connections& connections;
        const Clock& clock;
        Bell& bell;  // wakes this engine
        std::function<void()> to_dispatch;
        FreshChunks& fresh;
        Holder holder;
    };

    explicit Campaigns(Parts parts);

    void start() { duty_.start(); }
    void stop() { duty_.stop(); }
    // Without start(): one round on the caller's thread (tests/simulate). True: there is more to do at once.
    bool round() { return duty_.round(); }

private:
    bool work();
    void start_scheduled();
    void end_holds();
    bool go_on(const store::Campaign& campaign);
    bool prepare_media(const store::Campaign& campaign);
    bool materialise(const store::Campaign& campaign);
    void pause(const store::Campaign& campaign, const std::string& why);
    bool unpark(const store::Campaign& campaign);
    void end_if_done(const store::Campaign& campaign);
    void complete(const store::Campaign& route);  // with its steps
    void forget_steps(const store::Campaign& campaign);

    Parts parts_;
    Materialiser materialiser_;
    CanaryWatch canary_;
    Id last_sending_ = 0, last_cancelled_ = 0;  // that had their turn in the last round
    Duty duty_;
};

}  // namespace dakiya::send
