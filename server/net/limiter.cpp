#include "net/limiter.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "domain/pace.hpp"

namespace dakiya::net {
namespace {

using Go = std::function<void()>;

constexpr auto forget_after = std::chrono::minutes(10);
constexpr int takes_between_sweeps = 1024;

struct Entry {
    domain::Bucket bucket;
    double burst;
    Steady used;
    bool configured = false;  // by set_rate; never forgotten
    std::uint64_t timer = 0;  // the one that counts; older ones do nothing
    std::array<std::deque<Go>, lane_count> lanes{};

    std::size_t waiting() const { return lanes[0].size() + lanes[1].size() + lanes[2].size(); }

    Go next() {
        const auto lane =
            std::find_if(lanes.begin(), lanes.end(), [](const auto& queue) { return !queue.empty(); });
        Go go = std::move(lane->front());
        lane->pop_front();
        return go;
    }
};

}  // namespace

struct Limiter::State : std::enable_shared_from_this<State> {
    State(HttpClient& client_, const Clock& clock_) : client(client_), clock(clock_) {}

    Entry& entry(const std::string& key, Rate defaults, Steady now) {
        if (++takes == takes_between_sweeps) sweep(now);
        const auto found = entries.find(key);
        if (found != entries.end()) {
            found->second.used = now;
            return found->second;
        }
        Entry fresh{domain::Bucket(defaults.per_second, defaults.burst, now), defaults.burst, now};
        return entries.emplace(key, std::move(fresh)).first->second;
    }

    // A bucket at rest is full and at its configured rate again, so nothing is lost with it.
    void sweep(Steady now) {
        takes = 0;
        std::erase_if(entries, [now](const auto& each) {
            const Entry& entry = each.second;
            return !entry.configured && entry.waiting() == 0 && now - entry.used > forget_after;
        });
    }

    // Called without the lock: the client may run `work` at any time.
    void wake_after(Millis delay, const std::string& key, std::uint64_t timer) {
        client.after(delay, [weak = weak_from_this(), key, timer] {
            if (const auto self = weak.lock()) self->serve(key, timer);
        });
    }

    void serve(const std::string& key, std::uint64_t timer) {
        std::vector<Go> due;
        std::optional<Millis> again;
        {
            const std::lock_guard lock(mutex);
            const auto found = entries.find(key);
            if (found == entries.end() || found->second.timer != timer) return;
            Entry& entry = found->second;
            const Steady now = clock.steady();
            entry.used = now;
            while (entry.waiting() > 0) {
                const Millis wait = entry.bucket.wait(now);
                if (wait > Millis(0)) {
                    again = wait;
                    break;
                }
                entry.bucket.take(now);
                due.push_back(entry.next());
            }
        }
        if (again) wake_after(*again, key, timer);
        for (const Go& go : due) go();
    }

    HttpClient& client;
    const Clock& clock;
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
    int takes = 0;
};

Limiter::Limiter(HttpClient& client, const Clock& clock) : state_(std::make_shared<State>(client, clock)) {}
Limiter::~Limiter() = default;

bool Limiter::take(const std::string& key, Rate defaults, Lane lane, Go go) {
    std::unique_lock lock(state_->mutex);
    const Steady now = state_->clock.steady();
    Entry& entry = state_->entry(key, defaults, now);
    const std::size_t waiting = entry.waiting();
    const Millis wait = entry.bucket.wait(now);
    if (waiting == 0 && wait == Millis(0)) {
        entry.bucket.take(now);
        lock.unlock();
        go();
        return true;
    }
    if (waiting >= max_waiting) return false;
    entry.lanes[static_cast<std::size_t>(lane)].push_back(std::move(go));
    if (waiting > 0) return true;  // a timer is running already
    const std::uint64_t timer = ++entry.timer;
    lock.unlock();
    state_->wake_after(std::max(wait, Millis(1)), key, timer);
    return true;
}

std::optional<Millis> Limiter::try_take(const std::string& key, Rate defaults) {
    const std::lock_guard lock(state_->mutex);
    const Steady now = state_->clock.steady();
    Entry& entry = state_->entry(key, defaults, now);
    const Millis wait = entry.bucket.wait(now);
    if (wait > Millis(0)) return wait;
    if (entry.waiting() > 0) return Millis(1);  // they were first; their timer is due
    entry.bucket.take(now);
    return std::nullopt;
}

void Limiter::slow_down(const std::string& key, Millis hint) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->entries.find(key);
    if (found == state_->entries.end()) return;  // nothing was sent with this key lately
    found->second.bucket.slow_down(state_->clock.steady(), hint);
}

void Limiter::set_rate(const std::string& key, double per_second) {
    std::uint64_t timer = 0;
    {
        const std::lock_guard lock(state_->mutex);
        const Steady now = state_->clock.steady();
        Entry& entry = state_->entry(key, {per_second, std::max(1.0, per_second)}, now);
        entry.bucket.configure(per_second, entry.burst, now);
        entry.configured = true;
        if (entry.waiting() == 0) return;
        timer = ++entry.timer;
    }
    state_->wake_after(Millis(0), key, timer);  // the running timer may be due too late now
}

std::size_t Limiter::buckets() const {
    const std::lock_guard lock(state_->mutex);
    return state_->entries.size();
}

}  // namespace dakiya::net
