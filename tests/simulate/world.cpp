#include "world.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/id.hpp"
#include "checks.hpp"
#include "domain/campaign.hpp"
#include "store/migrate.hpp"

namespace dakiya::simulate {

namespace {

constexpr std::uint64_t most_ticks = 30'000;
constexpr std::int64_t most_rest_ms = 300;         // between ticks while something is leased
constexpr std::int64_t long_rest_ms = 60'000;      // while everybody only waits for a time to come
constexpr std::int64_t hold_rest_ms = 600'000;     // while they wait for tomorrow
constexpr std::int64_t outlives_lease_ms = 2'000;  // of what is left of a lease, in the worst case
constexpr std::int64_t catches_up_ms = 2'000;      // afterwards it may commit what it had begun before
constexpr int most_depth = 2;

// Made once: migrating costs more than most seeds.
const std::string& empty_database() {
    static const struct Template {
        std::filesystem::path file;
        Template() {
            const auto base = std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                                  : std::filesystem::temp_directory_path();
            file = base / ("dakiya-simulate-" + random_token() + ".db");
            store::DbConfig config;
            config.path = file.string();
            store::Database database(config);
            store::migrate(database, SystemClock());
            database.connect()->query("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        ~Template() {
            std::error_code ignored;
            for (const auto* suffix : {"", "-wal", "-shm"})
                std::filesystem::remove(file.string() + suffix, ignored);
        }
    } made;
    static const std::string path = made.file.string();
    return path;
}

std::filesystem::path own_folder() {
    auto folder = std::filesystem::path(empty_database() + "-" + random_token());
    std::filesystem::create_directory(folder);
    std::filesystem::copy_file(empty_database(), folder / "world.db");
    return folder;
}

}  // namespace

World::World(std::uint64_t seed, const Plan& plan, bool print)
    : plan_(plan),
      chance_(seed * 2'654'435'761 + 1),
      trace_(print),
      provider_(plan_, chance_, timeline_, trace_,
                [this](Json event) {
                    untold_.push_back(std::move(event));
                    timeline_.after(chance_.between(1, 300), [this] { tell(); });
                }),
      people_(*this),
      codes_(*this),
      chains_(*this),
      copies_(*this),
      departures_(*this),
      folder_(own_folder()),
      plugin_(pretend_plugin(plan_)),
      nodes_(static_cast<std::size_t>(plan_.nodes)) {
    store::DbConfig config;
    config.path = (folder_ / "world.db").string();
    observer_ = store::open_session(config);
    observer_->execute("PRAGMA synchronous = OFF");
    people_.prepare();
}

World::~World() {
    nodes_.clear();
    observer_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void World::find(std::string invariant, std::string text) {
    note(fmt::format("FINDING: {}: {}", invariant, text));
    if (!finding_) finding_ = Finding{std::move(invariant), std::move(text)};
}

Outcome World::run() {
    for (std::size_t slot = 0; slot < nodes_.size(); ++slot) start(slot);
    chaos();
    heal();
    if (!finding_) check(*this);
    return {finding_, ticks_, trace_.hash(), trace_.tail()};
}

void World::chaos() {
    while (timeline_.now() < plan_.chaos.count() && !finding_) {
        process_trouble();
        if (Node* node = some_node()) {
            people_.act(*node);
            codes_.act(*node);
            if (std::exchange(wants_resume, false)) people_.resume_all(*node);
        }
        tick(most_rest_ms);
    }
}

// Trouble has ended: from here on everything must come to its end.
void World::heal() {
    note("trouble ends");
    calm_ = true;
    // An event waits at most about as long as it is old before it is tried again; by then all that have a
    // message have found it, and the others would wait for seven days.
    events_settled_at_ = timeline_.now() * 5;
    provider_.behave();
    for (std::size_t slot = 0; slot < nodes_.size(); ++slot) {
        if (nodes_[slot] && nodes_[slot]->crashed) bury(slot);
        if (!nodes_[slot]) start(slot);
        nodes_[slot]->stands_until = 0;
        nodes_[slot]->clock().skew_ms = 0;
    }
    for (int i = 0; !finding_; ++i) {
        if (ticks_ > most_ticks) return find("stuck", open_work());
        if (i % 16 == 0) {
            people_.resume_all(*some_node());
            if (quiet()) return;
        }
        tick(longest_rest());
    }
}

std::int64_t World::longest_rest() {
    const auto any = [this](const char* sql, std::initializer_list<store::Value> values) {
        return !observer_->query(sql, values).empty();
    };
    const std::int64_t now = epoch_ms + timeline_.now();
    if (any("SELECT 1 FROM campaign_chunks c WHERE done = 0 AND (lease_until > ? OR NOT EXISTS (SELECT 1 "
            "FROM "
            "campaign_holds h WHERE h.campaign_id = c.campaign_id)) UNION ALL "
            "SELECT 1 FROM queue WHERE marked = 1 LIMIT 1",
            {now - most_rest_ms}))
        return most_rest_ms;
    return any("SELECT 1 FROM campaign_holds WHERE until > ? LIMIT 1", {now}) ? hold_rest_ms : long_rest_ms;
}

bool World::quiet() { return untold_.empty() && !timeline_.next() && open_work().empty(); }

// What the store says is still to be done, or empty.
std::string World::open_work() {
    std::string text;
    for (const auto& row : observer_->query(
             "SELECT 'campaigns that are not finished', COUNT(*) FROM campaigns WHERE finished_at = 0 AND "
             "state <> ? "
             "UNION ALL SELECT 'open chunks', COUNT(*) FROM campaign_chunks WHERE done = 0 "
             "UNION ALL SELECT 'queued messages', COUNT(*) FROM queue "
             "UNION ALL SELECT 'messages to look up', COUNT(*) FROM unsettled "
             "UNION ALL SELECT 'steps to begin', COUNT(*) FROM fallbacks "
             "UNION ALL SELECT 'unread webhooks', COUNT(*) FROM webhooks WHERE state = 'new' "
             "UNION ALL SELECT 'events without their message', COUNT(*) FROM pending_events WHERE ?",
             {static_cast<std::int64_t>(domain::CampaignState::draft),
              std::int64_t{timeline_.now() < events_settled_at_}}))
        if (row.integer(1) > 0) text += fmt::format("{} {} ", row.integer(1), row.text(0));
    return text;
}

// A moment passes: what is due happens, and every process that runs does a few pieces of work.
void World::tick(std::int64_t longest_ms) {
    ++ticks_;
    // Whoever waits for tomorrow keeps its role meanwhile; to write that is no work that must be watched
    // closely.
    const bool waits = longest_ms >= hold_rest_ms;
    rest_ = worked_ && !waits ? 1 : std::min(rest_ * 2, longest_ms);
    std::int64_t ms = rest_ <= 16 ? chance_.between(1, 16) : rest_;
    if (const auto next = timeline_.next(); next && *next > timeline_.now())
        ms = std::min(ms, *next - timeline_.now());
    timeline_.pass(ms);
    worked_ = false;
    while (timeline_.run_one()) worked_ = true;

    std::vector<std::size_t> order(nodes_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[chance_.below(i)]);
    for (const std::size_t slot : order) work(slot);
    worked_ = store_changed() || worked_;
}

// By somebody else than the observer, since we last looked.
bool World::store_changed() {
    const std::int64_t version = observer_->query("PRAGMA data_version").front().integer(0);
    return std::exchange(store_version_, version) != version;
}

void World::work(std::size_t slot) {
    Node* node = nodes_[slot].get();
    if (!node || node->running) return;
    for (auto left = chance_.between(1, 8); left > 0; --left) {
        if (node->crashed || node->stands_until > timeline_.now()) break;
        node->running = true;
        node->step();
        node->running = false;
        chains_.look();
        copies_.look();
        // What it had marked, or has just marked without hearing of it, it may have forgotten.
        if (std::exchange(node->troubled, false) || node->late_until > timeline_.now()) excuse(*node);
        // A server whose clock is off takes owners for lost that are not, and sends their messages again.
        if (clocks_jumped_) excuse_doubted();
    }
    if (node->crashed) bury(slot);
}

void World::start(std::size_t slot) {
    Wire::Parts wire{plan_,
                     chance_,
                     timeline_,
                     trace_,
                     provider_,
                     calm_,
                     [this, slot] {
                         const Node* node = nodes_[slot].get();
                         return node->running || node->crashed || node->stands_until > timeline_.now();
                     },
                     [this](const std::string& ref, const std::string& address) { begun(ref, address); },
                     [this](const std::string& ref) { excused_.insert(*parse_id(prefix::message, ref)); }};
    nodes_[slot] = std::make_unique<Node>(
        Node::Parts{fmt::format("n{}.{}", slot, ++starts_), (folder_ / "world.db").string(), plugin_, master_,
                    plan_, chance_, timeline_, [this, slot](Point point) { return trouble(slot, point); },
                    [this](const std::string& what, const std::string& how) {
                        find("nothing fails without trouble", what + ": " + how);
                    },
                    [this, slot](Millis pause) { stall(*nodes_[slot], pause.count()); }, wire});
    if (!calm_) nodes_[slot]->clock().skew_ms = chance_.between(-400, 400);
    note(fmt::format("{} starts", nodes_[slot]->name()));
}

void World::bury(std::size_t slot) {
    note(fmt::format("{} is gone", nodes_[slot]->name()));
    excuse(*nodes_[slot]);
    nodes_[slot].reset();
    if (!calm_)
        timeline_.after(chance_.between(50, 8'000), [this, slot] {
            if (!nodes_[slot]) start(slot);
        });
}

Node* World::some_node() {
    std::vector<Node*> running;
    for (const auto& node : nodes_)
        if (node && !node->running && !node->crashed && node->stands_until <= timeline_.now())
            running.push_back(node.get());
    return running.empty() ? nullptr : chance_.any_of(std::span<Node* const>(running));
}

// ---- trouble

void World::process_trouble() {
    const auto& p = plan_.process;
    Node* node = some_node();
    if (node && chance_.one_in(p.freeze)) {
        const std::int64_t ms = chance_.between(100, 12'000);
        note(fmt::format("{} stands still for {} ms", node->name(), ms));
        node->stands_until = timeline_.now() + ms;
        if (ms >= outlives_lease_ms) {
            node->late_until = node->stands_until + catches_up_ms;
            excuse(*node);
        }
    }
    if (node && chance_.one_in(p.clock_jump)) {
        node->clock().skew_ms = chance_.between(-20'000, 20'000);
        clocks_jumped_ = true;
        note(fmt::format("the clock of {} is off by {} ms", node->name(), node->clock().skew_ms));
    }
    if (node && chance_.one_in(p.crash)) {
        node->crashed = true;
        for (std::size_t slot = 0; slot < nodes_.size(); ++slot)
            if (nodes_[slot].get() == node) bury(slot);
    }
    if (chance_.one_in(plan_.store.outage)) {
        outage_until_ = timeline_.now() + chance_.between(50, 8'000);
        note(fmt::format("the database is away until {}", outage_until_));
    }
}

Trouble World::trouble(std::size_t slot, Point point) {
    Node& node = *nodes_[slot];
    if (node.crashed) return Trouble::lost;
    if (calm_) return Trouble::none;
    const Trouble drawn = draw(node, point);
    if (drawn != Trouble::none && point != Point::read) node.troubled = true;
    return node.crashed && drawn == Trouble::none ? Trouble::lost : drawn;
}

Trouble World::draw(Node& node, Point point) {
    const auto& s = plan_.store;
    if (timeline_.now() < outage_until_) return Trouble::lost;
    const bool outside = point == Point::read || point == Point::begin;
    if (outside && depth_ < most_depth && chance_.one_in(s.stall)) stall(node, chance_.between(10, 9'000));
    if (chance_.one_in(plan_.process.crash * 4)) {
        note(fmt::format("{} dies in the middle", node.name()));
        node.crashed = true;
        return point == Point::commit && chance_.one_in(2) ? Trouble::lost_after : Trouble::lost;
    }
    if (point == Point::commit) {
        if (!chance_.one_in(s.commit_lost)) return Trouble::none;
        note(fmt::format("{} does not hear whether it committed", node.name()));
        return chance_.one_in(2) ? Trouble::lost_after : Trouble::lost;
    }
    if (chance_.one_in(s.busy)) return Trouble::busy;
    if (chance_.one_in(s.lost)) return Trouble::lost;
    return chance_.one_in(s.refused) ? Trouble::refused : Trouble::none;
}

// The node stands still in the middle of its work, and the others go on. A dead one does not: what it had
// begun ends in the moment of its death.
void World::stall(Node& node, std::int64_t ms) {
    if (node.crashed || depth_ >= most_depth) return;
    if (ms >= outlives_lease_ms) {
        note(fmt::format("{} stands still in the middle of its work for {} ms", node.name(), ms));
        node.late_until = timeline_.now() + ms + catches_up_ms;
        excuse(node);
    }
    ++depth_;
    for (const auto until = timeline_.now() + ms; timeline_.now() < until && !finding_;)
        tick(std::min(most_rest_ms, until - timeline_.now()));
    --depth_;
}

void World::excuse(const Node& node) {
    excused_.merge(marked(node.name()));
    // Of what was taken over from it a moment ago, the answer dies with it.
    if (node.crashed) excuse_doubted();
}

void World::excuse_doubted() {
    for (const auto& row : observer_->query("SELECT message_id FROM queue WHERE in_doubt = 1"))
        excused_.insert(row.integer(0));
}

std::set<Id> World::marked(const std::string& owner) {
    std::set<Id> ids;
    const std::string pattern = owner.empty() ? "%" : owner + ":%";
    for (const auto& row :
         observer_->query("SELECT m.id FROM campaign_chunks c JOIN messages m ON m.id >= c.cursor_id AND "
                          "m.id < c.intent_id "
                          "WHERE c.done = 0 AND c.owner LIKE ? AND c.campaign_id = m.campaign_id UNION "
                          "SELECT message_id FROM queue WHERE marked = 1 AND owner LIKE ?",
                          {pattern, pattern}))
        ids.insert(row.integer(0));
    return ids;
}

std::set<Id> World::may_leave() {
    std::set<Id> ids = marked("");
    for (const auto& row : observer_->query("SELECT message_id FROM outcomes WHERE code = 'lost_owner'"))
        ids.insert(row.integer(0));
    return ids;
}

// Another node has taken its chunk over and called it uncertain.
bool World::given_up(Id message) {
    return !observer_->query("SELECT 1 FROM outcomes WHERE message_id = ? AND code = 'lost_owner'", {message})
                .empty();
}

Id World::route_of(Id message) {
    const auto rows = observer_->query(
        "SELECT CASE WHEN c.parent_id <> 0 THEN c.parent_id ELSE c.id END FROM messages m JOIN campaigns c "
        "ON "
        "c.id = m.campaign_id WHERE m.id = ?",
        {message});
    return rows.empty() ? 0 : rows[0].integer(0);
}

// ---- the provider's side

void World::begun(const std::string& ref, const std::string& address) {
    const Id message = *parse_id(prefix::message, ref);
    departures_.note(message, address);
    // A repeat that the provider drops reaches nobody, whoever sends it and when.
    const auto taken = provider_.ledger().find(ref);
    if (plan_.promise == Promise::idempotent && taken != provider_.ledger().end() && taken->second.copies > 0)
        return;
    if (const std::string objection = people_.objection(message, address); !objection.empty())
        find("sent against the wish of people", fmt::format("{}: {}", ref, objection));
    if (const std::string objection = chains_.objection(message); !objection.empty())
        find("nobody is reached twice by a route", fmt::format("{}: {}", ref, objection));
    if (const std::string objection = copies_.objection(message); !objection.empty())
        find("what was sent is not sent again", fmt::format("{}: {}", ref, objection));
    // Its request carries the lease's end as a deadline, which holds as long as servers agree about the time.
    if (!clocks_jumped_ && given_up(message))
        find("nothing leaves after its lease", fmt::format("{} was given up as its owner's", ref));
}

// Events reach one of our nodes, several at once and in any order; what is not taken comes again.
void World::tell() {
    if (untold_.empty()) return;
    for (std::size_t i = untold_.size(); i > 1; --i) std::swap(untold_[i - 1], untold_[chance_.below(i)]);
    // Taken out meanwhile: the node may stand still, and the rest of the world goes on.
    const auto end = untold_.begin() + chance_.between(1, static_cast<std::int64_t>(untold_.size()));
    const std::vector<Json> batch(untold_.begin(), end);
    untold_.erase(untold_.begin(), end);
    Json::Array records;
    for (const Json& event : batch) records.push_back(Json::array({"event", event}));
    Node* node = some_node();
    bool taken = false;
    if (node) {
        node->running = true;
        taken = node->hear(Json::array(std::move(records)).dump()) == 200 && !node->crashed;
        node->running = false;
    }
    for (const Json& event : batch)
        note(fmt::format("{} hears {} {}{}", node ? node->name() : "nobody", event.at("id").text(),
                         event.at("status").text(), taken ? "" : ", and does not take it"));
    if (!taken || (!calm_ && chance_.one_in(plan_.provider.webhook_twice)))
        untold_.insert(untold_.end(), batch.begin(), batch.end());
    if (!untold_.empty()) timeline_.after(chance_.between(50, 2'000), [this] { tell(); });
}

Outcome simulate(std::uint64_t seed, bool print) {
    const Plan plan = draw_plan(seed);
    World world(seed, plan, print);
    world.note(fmt::format("seed {}: {}", seed, describe(plan)));
    return world.run();
}

}  // namespace dakiya::simulate
