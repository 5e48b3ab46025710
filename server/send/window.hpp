// The messages of a chunk that are on their way: marked, not yet settled. Says how far the chunk's cursor
// may move. A value; the dispatcher's thread owns it.
#pragma once

#include <algorithm>
#include <deque>

#include "base/id.hpp"

namespace dakiya::send {

class Window {
public:
    // Ids must grow from call to call.
    void intend(Id id) { entries_.push_back({id, false}); }

    // An id that is not in the window is ignored: it was recovered, or belongs to an older lease.
    void settle(Id id) {
        const auto found = std::lower_bound(entries_.begin(), entries_.end(), id,
                                            [](const Entry& entry, Id wanted) { return entry.id < wanted; });
        if (found != entries_.end() && found->id == id) found->settled = true;
        while (!entries_.empty() && entries_.front().settled) entries_.pop_front();
    }

    // Everything below is settled. next: the first id that was not intended yet.
    Id cursor(Id next) const { return entries_.empty() ? next : entries_.front().id; }

private:
    struct Entry {
        Id id;
        bool settled;
    };
    std::deque<Entry> entries_;
};

}  // namespace dakiya::send
