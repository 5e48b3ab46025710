// Somebody asks a node for something, and its process may fail meanwhile.
#pragma once

#include "node.hpp"
#include "store/db.hpp"

namespace dakiya::simulate {

// False: it said no, or nobody knows whether it was done, as an API client who gets a 500.
template <class Work>
bool ask(Node& node, const Work& work) {
    node.running = true;
    bool done = false;
    try {
        done = work();
    } catch (const store::DbError&) {
        // not heard
    }
    node.running = false;
    return done && !node.crashed;
}

}  // namespace dakiya::simulate
