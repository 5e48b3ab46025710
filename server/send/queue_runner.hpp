// Sends what does not come in chunks: one-time passwords, single messages and replies, and campaign messages
// that are tried again. One thread per lane; lease and mark are one UPDATE (docs/design.md 6.3, 6.4).
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "send/queue_item.hpp"
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

    // The fast path: a message that is marked by the transaction that stores it, and sent right after.
    // prepare() takes a place in the window and says how the row must be stored (owner, lease, attempt 1);
    // null when there is no place: then it is stored as it is, and ring(). What is prepared goes one of two
    // ways: send() when it is durable, else drop(). [any thread]
    struct Ready {
        QueueItem item;
        Exchange::Job job;
    };
    std::shared_ptr<Ready> prepare(QueueItem item);  // its job is made
    void send(Ready& ready);
    void drop(Ready& ready);
    store::Lane lane() const;

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace dakiya::send
