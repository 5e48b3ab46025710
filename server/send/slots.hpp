// Who gets one of the dispatcher's slots: finds campaigns that send, shares the slots between them
// (domain/fair_share), leases and loads as many of their chunks as can be sent soon (domain/supply). The
// dispatcher's thread owns it; reads run on the workers and writes in the writer, and both answer into the
// inbox.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "domain/fair_share.hpp"
#include "domain/supply.hpp"
#include "send/dispatch_input.hpp"
#include "send/dispatcher.hpp"
#include "send/runner.hpp"
#include "send/sender_parts.hpp"

namespace dakiya::send {

using Runners = std::map<std::uint64_t, std::unique_ptr<Runner>>;

// What the runners of this server have. Summed once a turn; a commit that is made in it is added.
struct Sums {
    std::map<Id, int> marked;  // by campaign: not ended, or in a commit of this turn
    std::map<Id, int> ahead;   // by connection: may be marked soon, and so draws on the same limits
};
Sums sums_of(const Runners& runners, int window);
int ahead_of(const Runner& runner, int window);

constexpr Millis scan_every{200};  // how late a campaign of another node is noticed

class Slots {
public:
    Slots(const SenderParts& parts, const DispatcherOptions& options, DispatchInbox inbox)
        : parts_(parts), options_(options), inbox_(std::move(inbox)) {}

    // There may be campaigns or chunks that we do not know of. [any thread]
    void look_again() { due_ = true; }

    // Reads which campaigns send, when it is time to.
    void scan(const Runners& runners);
    void scanned(Scanned& scanned);

    // Asks for chunks as long as there is a slot for them.
    void lease_free(const Runners& runners);
    // What was asked for is here, or is not to be had.
    void leased(const Leased& leased);
    // Not asked for a chunk again before the next scan.
    void pass_over(Id campaign);
    // So many of the campaign's messages have ended.
    void ended(Id campaign, std::size_t messages);
    // How many more of its campaign's messages a runner may mark (domain/supply), when so many are marked.
    // Below zero: none.
    int room(const Runner& runner, int marked) const;
    // Too many have a slot: who is to give its own back. Null: nobody.
    Runner* surplus(const Runners& runners) const;

    void release(const store::Chunk& chunk);

    // Nothing that was asked for is still to come.
    bool at_rest() const { return leasing_.empty() && !scanning_; }

private:
    struct Known {
        store::Campaign campaign;
        store::chunks::Lease which = store::chunks::Lease::open;
        bool dry = false;          // no free chunk when we last asked
        bool left_behind = false;  // a lost owner did, however much of it there is here
    };

    // What this server has of a campaign.
    struct Holding {
        domain::Supply supply;
        std::size_t batch = 1;  // most recipients in one call
    };
    using Holdings = std::map<Id, Holding>;

    // except: see store::chunks::lease.
    void lease(const Known& known, store::chunks::Lease which, std::vector<int> except);
    std::vector<domain::Holder> in_use(const Runners& runners) const;
    Holdings held(const Runners& runners) const;
    bool supplied(const Known& known, const Holdings& held) const;
    double per_second(Id campaign) const;

    const SenderParts parts_;
    const DispatcherOptions& options_;
    const DispatchInbox inbox_;
    std::atomic<bool> due_ = true;
    std::vector<Known> campaigns_;
    Id last_ = 0;  // that had its turn in the last scan, when not all have one in each
    std::map<Id, domain::Throughput> throughput_;      // by campaign
    std::map<std::uint64_t, domain::Holder> leasing_;  // slots that are given, by the number of the lease
    std::uint64_t leases_ = 0;
    bool scanning_ = false;
    Steady scan_at_;
};

}  // namespace dakiya::send
