// Messages that follow others to the same person: further steps of routes, and "retry failed". Whoever was
// reached before the next message was marked gets no second one; whoever was not gets the next.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/id.hpp"

namespace dakiya::simulate {

class World;

class Chains {
public:
    explicit Chains(World& world);

    // After each piece of work: who is known to be reached since.
    void look();
    // The first byte of a message leaves: what is wrong with that, or empty.
    std::string objection(Id message);
    // In the end: nobody whose message failed is without the next one.
    void check();

private:
    World& world_;
    const bool any_;  // in this world
    // By message: those that may have been on their way when the store first knew that it was sent or
    // delivered (World::may_leave).
    std::map<Id, std::set<Id>> sent_, delivered_;
};

}  // namespace dakiya::simulate
