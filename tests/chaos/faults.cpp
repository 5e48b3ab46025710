#include "faults.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace chaos {

namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 12> names{{{Kind::kill, "kill"},
                                                                   {Kind::stop, "stop"},
                                                                   {Kind::reset_db, "reset_db"},
                                                                   {Kind::swallow_db, "swallow_db"},
                                                                   {Kind::stall_db, "stall_db"},
                                                                   {Kind::reset_sim, "reset_sim"},
                                                                   {Kind::swallow_sim, "swallow_sim"},
                                                                   {Kind::stall_sim, "stall_sim"},
                                                                   {Kind::database, "database"},
                                                                   {Kind::read_only, "read_only"},
                                                                   {Kind::full_disk, "full_disk"},
                                                                   {Kind::clock, "clock"}}};

// Not std::uniform_int_distribution: its numbers differ between standard libraries, and a seed is for ever.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    // from and to included
    int operator()(int from, int to) {
        return from + static_cast<int>(engine_() % static_cast<std::uint64_t>(to - from + 1));
    }

private:
    std::mt19937_64 engine_;
};

constexpr int campaign_ms = 1'800;  // how long a campaign takes when nothing goes wrong

Fault draw_fault(Dice& dice, Kind kind, const Plan& plan, int lease_ms) {
    Fault fault;
    fault.kind = kind;
    fault.at = Millis(dice(50, campaign_ms));
    fault.server = dice(0, plan.servers - 1);
    switch (kind) {
        case Kind::kill:
            fault.lasts = Millis(dice(0, 2) == 0 ? dice(500, 1'500) : 0);
            break;
        case Kind::stop:
            fault.lasts = Millis(lease_ms + dice(100, 1'500));
            break;
        case Kind::reset_db:
        case Kind::reset_sim:
            break;
        case Kind::swallow_db:
        case Kind::swallow_sim:
            fault.lasts = Millis(dice(10, 300));
            break;
        case Kind::stall_db:
        case Kind::stall_sim:
            fault.lasts = Millis(dice(100, 2'500));
            break;
        case Kind::database:
            fault.lasts = Millis(dice(0, 1'500));
            break;
        case Kind::read_only:
        case Kind::full_disk:
            fault.lasts = Millis(dice(300, 3'000));
            break;
        case Kind::clock:
            fault.jump = Millis(dice(1, 20) * (dice(0, 1) == 0 ? -500 : 500));
            break;
    }
    return fault;
}

}  // namespace

const std::vector<Kind>& all_kinds() {
    static const std::vector<Kind> all = [] {
        std::vector<Kind> kinds;
        for (const auto& [kind, name] : names) kinds.push_back(kind);
        return kinds;
    }();
    return all;
}

std::string_view name_of(Kind kind) {
    return std::find_if(names.begin(), names.end(), [kind](const auto& entry) { return entry.first == kind; })
        ->second;
}

Kind kind_of(std::string_view name) {
    std::string known;
    for (const auto& [kind, word] : names) {
        if (word == name) return kind;
        known += (known.empty() ? "" : ", ") + std::string(word);
    }
    throw std::invalid_argument("there is no fault \"" + std::string(name) + "\"; there are " + known);
}

std::string Plan::describe() const {
    std::ostringstream text;
    text << "seed " << seed << ": " << servers << (servers == 1 ? " server" : " servers") << " on "
         << (sqlite ? "SQLite" : "MariaDB") << ", " << people << " people by " << provider << " and "
         << singles << " singles;";
    for (const Fault& fault : faults) {
        text << ' ' << name_of(fault.kind) << '@' << fault.at.count();
        if (fault.lasts.count() > 0) text << '+' << fault.lasts.count();
        if (fault.jump.count() != 0)
            text << (fault.jump.count() > 0 ? "^" : "v") << std::abs(fault.jump.count());
        text << '#' << fault.server + 1;
    }
    return text.str();
}

bool Plan::loses_answers() const {
    static const std::set<Kind> harmless{Kind::reset_db, Kind::swallow_db, Kind::stall_db,
                                         Kind::database, Kind::read_only,  Kind::full_disk};
    // Where several servers share the work, one that is cut off from the database loses its chunks to the
    // others, who cannot know what it knows until it says so.
    return std::any_of(faults.begin(), faults.end(),
                       [](const Fault& fault) { return !harmless.contains(fault.kind); });
}

Plan draw(std::uint64_t seed, const Draw& from) {
    Dice dice(seed * 0x9E3779B97F4A7C15ULL + 1);
    Plan plan;
    plan.seed = seed;
    std::vector<Kind> kinds(from.kinds.begin(), from.kinds.end());
    if (kinds.empty()) throw std::invalid_argument("no fault to draw from");
    // A full disk is one trial's only story: its server has a database file of its own.
    const bool only_disk = kinds.size() == 1 && kinds.front() == Kind::full_disk;
    plan.sqlite = from.kinds.contains(Kind::full_disk) && (only_disk || dice(0, 11) == 0);
    if (plan.sqlite)
        kinds = {Kind::full_disk};
    else
        kinds.erase(std::remove(kinds.begin(), kinds.end(), Kind::full_disk), kinds.end());
    plan.servers = plan.sqlite ? 1 : from.servers > 0 ? from.servers : dice(1, 4);
    plan.people = 200 + 50 * dice(0, 12);
    if (dice(0, 9) == 0) plan.people = 2'000;
    plan.per_second = std::max(50, plan.people * 1'000 / campaign_ms);
    plan.singles = dice(0, 12);
    const int provider = dice(0, 9);
    plan.provider = provider == 0 ? "twilio" : provider == 1 ? "msg91" : "meta";
    const int faults = dice(1, 4);
    bool database = false;  // its restart takes a second: once in a trial, and not in every trial
    for (int i = 0; i < faults; ++i) {
        Kind kind = kinds[static_cast<std::size_t>(dice(0, static_cast<int>(kinds.size()) - 1))];
        if (kind == Kind::database && std::exchange(database, true)) continue;
        plan.faults.push_back(draw_fault(dice, kind, plan, static_cast<int>(from.lease.count())));
    }
    std::sort(plan.faults.begin(), plan.faults.end(),
              [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return plan;
}

}  // namespace chaos
