#include "send/duty.hpp"

#include <spdlog/spdlog.h>

namespace dakiya::send {

Duty::Duty(std::string name, Parts parts, Bell& bell, Work work, Millis idle)
    : name_(std::move(name)),
      parts_(std::move(parts)),
      work_(std::move(work)),
      rounds_(name_, bell, idle, [this] { return round(); }) {}

void Duty::stop() {
    rounds_.stop();
    give_back();
}

bool Duty::round() {
    const std::int64_t now = parts_.clock.now_ms();
    const bool any = parts_.db.read([&](store::Session& session) { return work_.any(session, now); });
    return any && hold() && work_.round();
}

bool Duty::hold() {
    const Steady begun = parts_.clock.steady();
    if (lease_ && begun < renew_at_) return true;
    const std::int64_t now = parts_.clock.now_ms();
    const std::int64_t until = now + parts_.holder.lease.count();
    const std::string& node = parts_.holder.node;
    const bool mine = lease_.has_value();
    if (!mine && !parts_.db.read(
                     [&](store::Session& session) { return store::leases::free(session, name_, node, now); }))
        return false;
    std::optional<store::Lease> lease;
    parts_.writer.run([&](store::Session& session) {
        lease = lease_;
        if (mine && !store::leases::renew(session, *lease, until)) lease.reset();
        if (!mine) lease = store::leases::acquire(session, name_, node, now, until);
    });
    if (mine && !lease) spdlog::info("{}: another server goes on", name_);
    lease_ = std::move(lease);
    renew_at_ = begun + parts_.holder.lease / 3;
    return lease_.has_value();
}

void Duty::give_back() {
    const auto lease = std::exchange(lease_, std::nullopt);
    if (!lease) return;
    try {
        parts_.writer.run([&](store::Session& session) { store::leases::release(session, *lease); });
    } catch (const std::exception& error) {
        spdlog::warn("{}: the role was not given back and is free in a moment: {}", name_, error.what());
    }
}

}  // namespace dakiya::send
