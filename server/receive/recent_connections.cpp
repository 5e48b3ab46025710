#include "receive/recent_connections.hpp"

#include <utility>

namespace dakiya::receive {

namespace {

constexpr Millis recent_for{100};
constexpr std::size_t most_known = 1'000;

}  // namespace

std::shared_ptr<const RecentConnection> RecentConnections::recent(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(id);
    if (found == known_.end() || clock_.steady() - found->second.since >= recent_for) return nullptr;
    return found->second.connection;
}

std::shared_ptr<const RecentConnection> RecentConnections::read(Id id) {
    const Steady since = clock_.steady();
    auto row = db_.read([&](store::Session& session) { return store::connections::find_any(session, id); });
    if (!row) return nullptr;
    auto opened = open_(*row);
    auto connection = std::make_shared<const RecentConnection>(*std::move(row), std::move(opened));
    const std::lock_guard lock(mutex_);
    if (known_.size() >= most_known)
        std::erase_if(known_, [&](const auto& entry) { return since - entry.second.since >= recent_for; });
    if (known_.size() < most_known) known_.insert_or_assign(id, Known{since, connection});
    return connection;
}

}  // namespace dakiya::receive
