// What goes wrong in a trial, and when: drawn from the trial's seed, so that a seed is a trial.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace chaos {

using Millis = std::chrono::milliseconds;

enum class Kind {
    kill,         // SIGKILL of a server; it is started again
    stop,         // SIGSTOP of a server, longer than its leases; then SIGCONT
    reset_db,     // every connection of a server to the database ends with RST
    swallow_db,   // the database's answers do not come: what was asked has happened, or not
    stall_db,     // nothing passes between a server and the database
    reset_sim,    // the same three between a server and the provider
    swallow_sim,  //
    stall_sim,    //
    database,     // kill -9 of the database; it is started again
    read_only,    // the database refuses to write
    full_disk,    // a server's database file lies on a disk that is full (SQLite, one server)
    clock         // a server's wall clock jumps, forward or back
};

const std::vector<Kind>& all_kinds();
std::string_view name_of(Kind kind);
Kind kind_of(std::string_view name);  // throws std::invalid_argument that lists the names

struct Fault {
    Kind kind = Kind::kill;
    Millis at{0};     // after the campaign began
    Millis lasts{0};  // until it is undone; 0 for what is over at once
    int server = 0;
    Millis jump{0};  // of the clock
};

// What a seed means.
struct Plan {
    std::uint64_t seed = 0;
    int servers = 1;
    int people = 0;
    int per_second = 0;  // of the campaign
    int singles = 0;
    std::string provider;
    bool sqlite = false;
    std::vector<Fault> faults;  // by time

    std::string describe() const;
    // Whether any of its faults can lose the answer of a provider.
    bool loses_answers() const;
};

struct Draw {
    std::set<Kind> kinds;
    int servers = 0;      // 0: drawn
    Millis lease{1'500};  // of the servers
};

Plan draw(std::uint64_t seed, const Draw& from);

}  // namespace chaos
