// The life of campaigns: starts scheduled ones, materialises those that are sending, ends those that have
// nothing open any more. One thread; blocks on the store only.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "base/bell.hpp"
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
    };

    explicit Campaigns(Parts parts);
    ~Campaigns();  // as stop()
    Campaigns(const Campaigns&) = delete;
    Campaigns& operator=(const Campaigns&) = delete;

    void start();
    void stop();

private:
    void run();
    bool round();  // true: there is more to do at once
    void start_scheduled();
    bool materialise(const store::Campaign& campaign);
    void end_if_done(const store::Campaign& campaign);

    Parts parts_;
    Materialiser materialiser_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace dakiya::send
