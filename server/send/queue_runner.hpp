// Sends what does not come in chunks: single messages and replies, and campaign messages that are tried
// again. One thread per lane; lease and mark are one UPDATE (docs/design.md 6.4, last paragraph).
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "send/sender_parts.hpp"
#include "store/queue.hpp"

namespace dakiya::send {

struct QueueOptions {
    std::string node;
    store::Lane lane = store::Lane::single;
    int at_once = 64;            // taken in one UPDATE
    int window = 512;            // most messages on their way
    Millis lease{6'000};         // of what was taken; renewed while it is on its way
    Millis lease_margin{1'000};  // no request begins this close to the lease's end
    // Of the jitter.
    std::uint64_t seed = std::random_device{}();
};

class QueueRunner {
public:
    // All must outlive this.
    using Parts = SenderParts;

    QueueRunner(Parts parts, QueueOptions options);
    ~QueueRunner();  // as stop()
    QueueRunner(const QueueRunner&) = delete;
    QueueRunner& operator=(const QueueRunner&) = delete;

    void start();
    void stop(Millis patience = Millis(10'000));
    void ring();  // there is something to send. [any thread]
    // Without start(): one pass of the loop on the caller's thread, which waits for the writer only. The
    // simulation's way to run it (tests/simulate).
    void turn();

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace dakiya::send
