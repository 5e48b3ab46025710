#include "net/limiter.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "domain/pace.hpp"
#include "net/permits.hpp"

namespace dakiya::net {
namespace {

using Turn = Limiter::Turn;
using OnTurn = std::function<void(const Turn&)>;

constexpr Millis ask_ahead{100};  // of the end of what is here: longer than the store takes
// What room() promises is marked as "may have been sent" at once, and a crash makes all of it uncertain: so
// no more than what goes while the mark is being committed and a little longer.
constexpr Millis mark_ahead{50};
constexpr Millis refill_takes{8};    // at most, usually
constexpr Millis ask_again{500};     // when the store is away
constexpr Millis wish_lasts{100};    // a campaign that wants more says so again and again
constexpr Millis slowed_for{1'000};  // answers to what was sent before the slow-down say nothing new
constexpr auto forget_after = std::chrono::minutes(10);
constexpr int takes_between_sweeps = 1024;

struct Waiter {
    int missing;  // permits
    std::optional<Steady> not_after;
    OnTurn done;
};

struct Queue {
    std::deque<Waiter> waiters;
    int missing = 0;  // the sum of theirs
};

// What is to be done once the lock is released, for all of it may call back.
struct Work {
    std::vector<std::pair<OnTurn, Turn>> ended;
    std::optional<GrantRequest> ask;
    std::optional<Millis> wake;
    std::uint64_t timer = 0;
};

// One key: who waits, what is here, what was asked for.
class Entry {
public:
    Steady used{};

    bool at_rest() const { return waiting() == 0 && !asking_; }
    std::size_t waiting() const {
        return queues_[0].waiters.size() + queues_[1].waiters.size() + queues_[2].waiters.size();
    }

    void add(Limiter::Draw draw, OnTurn done, Steady now, Work& work) {
        per_second_ = draw.per_second;
        if (draw.not_after) {
            const Steady free = permits_.free_at(missing(draw.lane) + draw.permits, now, per_second_);
            if (free > *draw.not_after) return give_up(std::move(done), free, now, work);
        }
        Queue& queue = queues_[static_cast<std::size_t>(draw.lane)];
        queue.waiters.push_back({draw.permits, draw.not_after, std::move(done)});
        queue.missing += draw.permits;
    }

    int room(double per_second, int wanted, int ahead, Steady now) {
        per_second_ = per_second;
        permits_.drop_stale(now);
        if (permits_.count() - missing() < ahead) {
            wish_ = now < wished_at_ + wish_lasts ? std::max(wish_, ahead) : ahead;
            wished_at_ = now;
        }
        return std::clamp(permits_.count_until(now + mark_ahead) - missing(), 0, wanted);
    }

    // False when this was known: the answers to what is on its way arrive together.
    bool slow_down(Millis hint, Steady now, Work& work) {
        const Steady until = now + hint;
        const bool longer = until > permits_.blocked_until() + ask_ahead;
        if (now < slowed_until_ && !longer) return false;
        slowed_until_ = now + slowed_for;
        permits_.block(until);
        permits_.clear();
        give_up_late(now, work);
        return true;
    }

    void granted(const std::optional<Granted>& answer, Steady now) {
        asking_ = false;
        if (!answer) {
            ask_at_ = now + ask_again;
            return;
        }
        permits_.block(answer->blocked_until);
        ask_at_ = answer->again;
        if (answer->count == 0) return;
        permits_.add(*answer);
        wish_ = 0;
        ask_at_ = now;
    }

    void timer_is_over() { wake_at_ = Steady::max(); }
    bool timer_counts(std::uint64_t timer) const { return timer == timer_; }

    // Lets go who may, and says what is to be done next.
    void settle(const std::string& key, Steady now, Work& work) {
        permits_.drop_stale(now);
        while (waiting() > 0 && permits_.take(now)) hand_out(work);
        end_expired(now, work);
        look_ahead(key, now, work);
    }

    // Asks for more permits when it is time to, and says when to look again.
    void look_ahead(const std::string& key, Steady now, Work& work) {
        ask(key, now, work);
        plan(now, work);
    }

private:
    // Of this lane and those before it.
    int missing(Lane last = Lane::campaign) const {
        int sum = 0;
        for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i) sum += queues_[i].missing;
        return sum;
    }

    void hand_out(Work& work) {
        Queue& queue = *std::find_if(queues_.begin(), queues_.end(),
                                     [](const Queue& each) { return !each.waiters.empty(); });
        --queue.missing;
        if (--queue.waiters.front().missing > 0) return;
        work.ended.emplace_back(std::move(queue.waiters.front().done), Turn{});
        queue.waiters.pop_front();
    }

    static void give_up(OnTurn done, Steady free, Steady now, Work& work) {
        const Millis wait = std::max(Millis(1), std::chrono::ceil<Millis>(free - now));
        work.ended.emplace_back(std::move(done), Turn{false, wait});
    }

    // Within a lane the deadlines come in order, or nearly.
    void end_expired(Steady now, Work& work) {
        for (Queue& queue : queues_) {
            while (!queue.waiters.empty() && queue.waiters.front().not_after &&
                   *queue.waiters.front().not_after <= now) {
                Waiter& first = queue.waiters.front();
                queue.missing -= first.missing;
                give_up(std::move(first.done), permits_.free_at(missing() + 1, now, per_second_), now, work);
                queue.waiters.pop_front();
            }
        }
    }

    // Whoever cannot go before its deadline is told at once: it is put back until the key is free.
    void give_up_late(Steady now, Work& work) {
        int ahead = 0;
        for (Queue& queue : queues_) {
            std::deque<Waiter> stay;
            queue.missing = 0;
            for (Waiter& waiter : queue.waiters) {
                ahead += waiter.missing;
                const Steady free = permits_.free_at(ahead, now, per_second_);
                if (waiter.not_after && *waiter.not_after < free) {
                    give_up(std::move(waiter.done), free, now, work);
                    continue;
                }
                queue.missing += waiter.missing;
                stay.push_back(std::move(waiter));
            }
            queue.waiters = std::move(stay);
        }
    }

    // A small refill costs the store as much as a large one: a wish is filled up when half of it is gone.
    int needed(Steady now) const {
        const int wish = now < wished_at_ + wish_lasts ? wish_ : 0;
        const int spare = permits_.count_good_at(now + refill_takes) - missing();
        return spare > wish / 2 ? 0 : wish - spare;
    }

    bool urgent() const { return missing(Lane::single) > permits_.count(); }

    // Before that moment nothing is asked for.
    Steady ask_from() const {
        Steady from = std::max(ask_at_, permits_.blocked_until() - ask_ahead);
        if (permits_.count() > 0) from = std::max(from, permits_.end() - ask_ahead);
        return from;
    }

    void ask(const std::string& key, Steady now, Work& work) {
        const int wanted = needed(now);
        if (asking_ || wanted <= 0 || now < ask_from()) return;
        asking_ = true;
        work.ask = GrantRequest{key, per_second_, wanted, urgent()};
    }

    void plan(Steady now, Work& work) {
        Steady next = Steady::max();
        if (waiting() > 0 && permits_.count() > 0) next = permits_.next();
        if (!asking_ && needed(now) > 0) next = std::min(next, ask_from());
        for (const Queue& queue : queues_)
            if (!queue.waiters.empty() && queue.waiters.front().not_after)
                next = std::min(next, *queue.waiters.front().not_after);
        if (next >= wake_at_) return;
        wake_at_ = next;
        work.timer = ++timer_;
        work.wake = std::max(Millis(0), std::chrono::ceil<Millis>(next - now));
    }

    double per_second_ = 1;
    std::array<Queue, 3> queues_{};
    Permits permits_;
    int wish_ = 0;  // permits that campaigns would like to see, beside those that wait
    Steady wished_at_{};
    bool asking_ = false;
    Steady ask_at_{};
    Steady slowed_until_{};
    Steady wake_at_ = Steady::max();  // of the timer that counts
    std::uint64_t timer_ = 0;         // older ones do nothing
};

}  // namespace

struct Limiter::State : std::enable_shared_from_this<State> {
    State(HttpClient& client_, GrantSource& source_, const Clock& clock_)
        : client(client_), source(source_), clock(clock_) {}

    Entry& entry(const std::string& key, Steady now) {
        if (++takes == takes_between_sweeps) sweep(now);
        Entry& found = entries[key];
        found.used = now;
        return found;
    }

    // What a key has learnt is with the source, so nothing is lost with it.
    void sweep(Steady now) {
        takes = 0;
        std::erase_if(entries, [now](const auto& each) {
            return each.second.at_rest() && now - each.second.used > forget_after;
        });
    }

    // Changes a known key by `change`, then lets go who may. Without the lock: `do_it`.
    template <class Change>
    void with_known(const std::string& key, Change change) {
        Work work;
        {
            const std::lock_guard lock(mutex);
            const auto found = entries.find(key);
            if (found == entries.end()) return;
            const Steady now = clock.steady();
            if (!change(found->second, now, work)) return;
            found->second.settle(key, now, work);
        }
        run(key, work);
    }

    void run(const std::string& key, Work& work) {
        if (work.wake)
            client.after(*work.wake, [weak = weak_from_this(), key, timer = work.timer] {
                if (const auto self = weak.lock()) self->woken(key, timer);
            });
        for (const auto& [done, turn] : work.ended) done(turn);
        if (work.ask)
            source.ask(*work.ask, [weak = weak_from_this(), key](const std::optional<Granted>& answer) {
                if (const auto self = weak.lock()) self->granted(key, answer);
            });
    }

    void woken(const std::string& key, std::uint64_t timer) {
        with_known(key, [timer](Entry& entry, Steady, Work&) {
            if (!entry.timer_counts(timer)) return false;
            entry.timer_is_over();
            return true;
        });
    }

    void granted(const std::string& key, const std::optional<Granted>& answer) {
        with_known(key, [&answer](Entry& entry, Steady now, Work&) {
            entry.granted(answer, now);
            return true;
        });
    }

    HttpClient& client;
    GrantSource& source;
    const Clock& clock;
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
    int takes = 0;
};

Limiter::Limiter(HttpClient& client, GrantSource& source, const Clock& clock)
    : state_(std::make_shared<State>(client, source, clock)) {}
Limiter::~Limiter() = default;

bool Limiter::take(Draw draw, OnTurn done) {
    Work work;
    const std::string key = draw.key;
    {
        const std::lock_guard lock(state_->mutex);
        const Steady now = state_->clock.steady();
        Entry& entry = state_->entry(key, now);
        if (entry.waiting() >= max_waiting) return false;
        entry.add(std::move(draw), std::move(done), now, work);
        entry.settle(key, now, work);
    }
    state_->run(key, work);
    return true;
}

int Limiter::room(const std::string& key, double per_second, int wanted, int ahead) {
    Work work;
    int room = 0;
    {
        const std::lock_guard lock(state_->mutex);
        const Steady now = state_->clock.steady();
        Entry& entry = state_->entry(key, now);
        room = entry.room(per_second, wanted, ahead, now);
        entry.look_ahead(key, now, work);
    }
    state_->run(key, work);
    return room;
}

void Limiter::slow_down(const std::string& key, Millis told) {
    const Millis hint = std::clamp(told, Millis::zero(), Millis(domain::longest_hint));
    bool news = false;
    state_->with_known(key, [&](Entry& entry, Steady now, Work& work) {
        news = entry.slow_down(hint, now, work);
        return news;
    });
    if (news) state_->source.slow_down(key, hint);
}

void Limiter::report(const std::string& key, double per_second, double reported) {
    state_->source.report(key, per_second, reported);
}

std::size_t Limiter::keys() const {
    const std::lock_guard lock(state_->mutex);
    return state_->entries.size();
}

}  // namespace dakiya::net
