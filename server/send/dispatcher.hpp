// Sends campaigns: leases chunks, marks a micro-batch, hands it to the driver, appends what came of it
// (docs/design.md 6.4).
//
// One thread owns every runner (a leased chunk) and never blocks: reads run on the workers, writes in the
// writer, requests in the driver; all of them answer into the inbox. A chunk's commit appends the outcomes
// since the last one, moves the cursor, and marks the next micro-batch. Commits go together: while some are
// being written, the next ones gather. Nothing is sent before the commit that marks it.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "base/clock.hpp"
#include "send/page_sizes.hpp"
#include "send/sender_parts.hpp"

namespace dakiya::send {

struct DispatcherOptions {
    std::string node;              // this process's name, new at every start
    int chunks = 8;                // leased at once, at most
    std::size_t connections = 64;  // to a provider, as the HTTP client's
    int window = 256;              // most messages of a chunk on their way
    int micro_batch = 64;          // most that one commit marks
    Millis lease{5'000};           // of a chunk; renewed at a third of it
    Millis lease_margin{1'000};    // no request begins this close to the lease's end
    PageSizes pages;               // as Campaigns has them: what a chunk that is asked for may bring
    // Of the jitter.
    std::uint64_t seed = std::random_device{}();
};

class Dispatcher {
public:
    // All must outlive the dispatcher.
    using Parts = SenderParts;

    Dispatcher(Parts parts, DispatcherOptions options);
    ~Dispatcher();  // as stop()
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    void start();
    // Begins nothing new, waits at most `patience` for what is on its way, gives the leases back.
    void stop(Millis patience = Millis(10'000));
    // There is something to send. [any thread]
    void ring();
    // Without start(): one pass of the loop on the caller's thread, which waits for nothing. The
    // simulation's way to run it (tests/simulate).
    void turn();

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace dakiya::send
