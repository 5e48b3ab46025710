#include "plugin/quarantine.hpp"

namespace dakiya::plugin {
namespace {

constexpr std::chrono::minutes window{10};

struct Bound {
    std::size_t most;
    const char* words;
};
constexpr Bound bounds[] = {{3, "three broken rules"}, {2, "two crashes"}};  // by Fault

}  // namespace

void Quarantine::note(std::string_view provider, Fault kind, std::string_view sentence) {
    const auto index = static_cast<std::size_t>(kind);
    std::string reason;
    {
        const std::lock_guard lock(mutex_);
        Case& entry = cases_[std::string(provider)];
        std::deque<Steady>& faults = entry.faults[index];
        const Steady now = clock_.steady();
        while (!faults.empty() && now - faults.front() >= window) faults.pop_front();
        faults.push_back(now);
        if (entry.reason || faults.size() < bounds[index].most) return;
        reason = std::string(bounds[index].words) + " in ten minutes, the last: " + std::string(sentence);
        entry.reason = reason;
    }
    if (entered_) entered_(std::string(provider), reason);
}

std::optional<std::string> Quarantine::reason(std::string_view provider) const {
    const std::lock_guard lock(mutex_);
    const auto found = cases_.find(provider);
    return found == cases_.end() ? std::nullopt : found->second.reason;
}

void Quarantine::release(std::string_view provider) {
    const std::lock_guard lock(mutex_);
    if (const auto found = cases_.find(provider); found != cases_.end()) cases_.erase(found);
}

}  // namespace dakiya::plugin
