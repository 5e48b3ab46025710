// The simulated world of one seed: a few nodes over one real SQLite database, a pretend provider, people, and
// whatever may go wrong between them. One thread runs it all, in an order that the seed draws, over virtual
// time; so a seed is always the same story.
//
// A process that stands still in the middle of a turn (swapped out, stopped, waiting for the database) is a
// nested call: at a statement of its own the rest of the world goes on, and then the statement does.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chains.hpp"
#include "chance.hpp"
#include "codes.hpp"
#include "copies.hpp"
#include "departures.hpp"
#include "node.hpp"
#include "people.hpp"
#include "plan.hpp"
#include "provider.hpp"
#include "store/db.hpp"
#include "timeline.hpp"
#include "trace.hpp"

namespace dakiya::simulate {

// A promise that was broken.
struct Finding {
    std::string invariant, text;
};

struct Outcome {
    std::optional<Finding> finding;
    std::uint64_t ticks = 0;
    std::uint64_t hash = 0;  // of the trace
    std::string trace;       // its end
};

class World {
public:
    static constexpr Id tenant = 50;
    static constexpr Id connection = 60;
    static constexpr const char* zone = "Asia/Kolkata";

    World(std::uint64_t seed, const Plan& plan, bool print);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Outcome run();

    // ---- for people, nodes and checks
    const Plan& plan() const { return plan_; }
    Chance& chance() { return chance_; }
    Timeline& timeline() { return timeline_; }
    const Provider& provider() const { return provider_; }
    People& people() { return people_; }
    Chains& chains() { return chains_; }
    Copies& copies() { return copies_; }
    Departures& departures() { return departures_; }
    Codes& codes() { return codes_; }
    const security::Key& master() const { return master_; }
    store::Session& observer() { return *observer_; }  // sees the store without trouble
    void note(std::string line) { trace_.add(timeline_.now(), std::move(line)); }
    void find(std::string invariant, std::string text);  // the first one counts

    const std::optional<Finding>& finding() const { return finding_; }

    // Messages that may be on their way: marked, without an outcome. owner: of this node; "": of any.
    std::set<Id> marked(const std::string& owner);
    // Those of any node, and those that were given up because their owner was lost, which may be alive all
    // the same: whatever is wished from now on, the request of such a message may still leave.
    std::set<Id> may_leave();
    // The campaign that a person made; 0: a single message.
    Id route_of(Id message);
    // May be uncertain: its answer was lost, or its owner.
    bool excused(Id message) const { return excused_.contains(message); }
    bool clocks_jumped() const { return clocks_jumped_; }

    bool wants_resume = false;

private:
    void start(std::size_t slot);
    void bury(std::size_t slot);
    void chaos();
    void heal();
    bool quiet();
    std::string open_work();
    std::int64_t longest_rest();
    void tick(std::int64_t longest_ms);
    bool store_changed();
    void work(std::size_t slot);
    void process_trouble();
    Node* some_node();
    Trouble trouble(std::size_t slot, Point point);
    Trouble draw(Node& node, Point point);
    void stall(Node& node, std::int64_t ms);
    void excuse(const Node& node);
    void excuse_doubted();
    void tell();
    bool given_up(Id message);
    void begun(const std::string& ref, const std::string& address);

    const Plan plan_;
    Chance chance_;
    Trace trace_;
    Timeline timeline_;
    Provider provider_;
    const security::Key master_ = security::Key::random();
    People people_;
    Codes codes_;
    Chains chains_;
    Copies copies_;
    Departures departures_;
    std::filesystem::path folder_;
    std::unique_ptr<store::Session> observer_;
    std::shared_ptr<const plugin::Provider> plugin_;
    std::vector<std::unique_ptr<Node>> nodes_;  // null: not running
    std::vector<Json> untold_;                  // the provider's events that no webhook of ours has taken
    std::set<Id> excused_;
    std::optional<Finding> finding_;
    bool calm_ = false, worked_ = false, clocks_jumped_ = false;
    int depth_ = 0;  // of processes that stand still in the middle of a turn
    int starts_ = 0;
    std::int64_t outage_until_ = 0, events_settled_at_ = 0, rest_ = 1;
    std::int64_t store_version_ = 0;
    std::uint64_t ticks_ = 0;
};

// Runs one seed to its end.
Outcome simulate(std::uint64_t seed, bool print = false);

}  // namespace dakiya::simulate
