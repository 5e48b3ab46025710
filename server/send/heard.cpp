#include "send/heard.hpp"

#include <spdlog/spdlog.h>

#include "store/pending_events.hpp"

namespace dakiya::send {

void Heard::write(Id tenant, Id connection, const std::vector<Json>& events,
                  std::function<void(store::Session&)> rows) const {
    const std::int64_t now = clock.now_ms();
    std::vector<store::PendingEvent> pending;
    for (const Json& event : events) pending.push_back({0, tenant, connection, event.dump(), now, 0, now});
    const bool any = !pending.empty();
    writer.submit(
        [pending = std::move(pending), rows = std::move(rows)](store::Session& session) {
            store::pending_events::insert(session, pending);
            rows(session);
        },
        [&bell = processor, connection, any](const std::exception_ptr& error) {
            if (error)
                spdlog::error("connection {}: what its provider said was not written; it is asked again",
                              connection);
            else if (any)
                bell.ring();
        });
}

}  // namespace dakiya::send
