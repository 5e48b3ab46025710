// Which message left when: held against the daily quota, and against the provider's limit of people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.hpp"

namespace dakiya::simulate {

class World;

class Departures {
public:
    explicit Departures(World& world) : world_(world) {}

    // The first byte of a message leaves, now.
    void note(Id message, std::string address);
    // In the end: no day and no 24 hours had more than they may.
    void check();

private:
    struct Departure {
        std::int64_t at_ms = 0;  // Unix ms
        Id message = 0;
        std::string address;
    };
    void check_quota();
    void check_people();

    World& world_;
    std::vector<Departure> all_;  // by time
};

}  // namespace dakiya::simulate
