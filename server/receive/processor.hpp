// Works through stored webhooks and waiting events: parses with the plugin, applies, and keeps what cannot
// be matched yet for seven days. What this server stores is handed over; what others left comes from the
// table. One thread; what it reads and what it changes is one transaction a batch.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/rounds.hpp"
#include "receive/apply.hpp"
#include "receive/handover.hpp"
#include "receive/open.hpp"
#include "receive/stop_watch.hpp"
#include "store/pending_events.hpp"
#include "store/webhooks.hpp"
#include "store/writer.hpp"

namespace dakiya::receive {

// A stored webhook, read by its plugin.
struct Parsed {
    const store::Webhook* webhook;
    std::string fault;     // why it could not be read
    bool passing = false;  // it may be read later
};

class Processor {
public:
    // All must outlive this.
    struct Parts {
        store::Database& db;
        store::Writer& writer;
        OpenConnection open;
        const Clock& clock;
        Bell& bell;          // wakes this engine
        Handover& handover;  // what this server has just stored
    };

    explicit Processor(Parts parts);

    void start() { rounds_.start(); }
    void stop() { rounds_.stop(); }
    // Without start(): one round on the caller's thread (tests/simulate). True: there is more to do at once.
    bool round();

    static constexpr int at_once = 200;                                  // webhooks, and events, a batch
    static constexpr std::int64_t patience_ms = 7LL * 24 * 3600 * 1000;  // for unmatched events

private:
    struct Taken {
        std::vector<store::Webhook> webhooks;
        std::vector<store::PendingEvent> events;
    };
    Taken take(std::int64_t now) const;
    void work_on(std::span<const store::Webhook> webhooks, std::int64_t now);
    void work_on(std::span<const store::PendingEvent> events, std::int64_t now);
    using Opened = std::map<std::pair<Id, Id>, Result<std::shared_ptr<const plugin::Connection>>>;
    Parsed parse(const store::Webhook& webhook, Opened& opened, std::vector<Incoming>& events) const;
    void process(std::span<const store::Webhook> webhooks, std::int64_t now);
    void try_again(std::span<const store::PendingEvent> taken, std::int64_t now);
    void watch(const Applied& applied, std::int64_t now);

    Parts parts_;
    std::int64_t looked_at_ = 0;  // into the tables
    StopWatch stops_;
    Rounds rounds_;
};

// How long an event waits for its message after `attempts` tries: 100 ms, doubling, at most ten minutes.
std::int64_t retry_wait_ms(int attempts);

}  // namespace dakiya::receive
