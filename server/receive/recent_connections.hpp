// The connections that webhooks come for. A busy one is read and opened ten times a second, not for each
// webhook; so what is here may be that old, and a refusal must not rest on it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.hpp"
#include "plugin/provider.hpp"
#include "receive/open.hpp"
#include "store/connections.hpp"

namespace dakiya::receive {

// As one read of its row has it.
struct RecentConnection {
    store::Connection row;
    Result<std::shared_ptr<const plugin::Connection>> plugin;  // or why it cannot be opened
};

// [any thread]
class RecentConnections {
public:
    // All must outlive this.
    RecentConnections(store::Database& db, OpenRow open, const Clock& clock)
        : db_(db), open_(std::move(open)), clock_(clock) {}

    // Read within the last 100 ms, or null.
    std::shared_ptr<const RecentConnection> recent(Id id) const;
    // Read now; null when there is none.
    std::shared_ptr<const RecentConnection> read(Id id);

private:
    struct Known {
        Steady since;
        std::shared_ptr<const RecentConnection> connection;
    };

    store::Database& db_;
    const OpenRow open_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<Id, Known> known_;
};

}  // namespace dakiya::receive
