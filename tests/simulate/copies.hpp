// Messages that are sent again because their first copy may be lost: whoever was told meanwhile that it is
// not sends no second one.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/id.hpp"

namespace dakiya::simulate {

class World;

class Copies {
public:
    explicit Copies(World& world) : world_(world) {}

    // After each piece of work: of which messages the store knows since that they were sent.
    void look();
    // The first byte of a message leaves: what is wrong with that, or empty.
    std::string objection(Id message) const;

private:
    World& world_;
    std::map<Id, std::set<Id>> told_;  // by message: World::may_leave at that time
};

}  // namespace dakiya::simulate
