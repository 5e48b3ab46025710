// How many people of an audience become messages in one transaction, which is a chunk of their campaign
// unless their openings differ.
#pragma once

namespace dakiya::send {

struct PageSizes {
    int first = 200;  // small, so that the first message leaves at once
    int later = 1000;
    // Of campaigns whose people are sorted by the time of their opening, so that a world-wide one does not
    // get a chunk for every thirty people.
    int timed = 4000;
};

}  // namespace dakiya::send
