#include "send/queue_runner.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include <spdlog/spdlog.h>

#include "base/mailbox.hpp"
#include "domain/admission.hpp"
#include "send/flush.hpp"
#include "send/job.hpp"
#include "send/overtaken.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Message;
using store::Queued;

constexpr Millis idle_round{200};
constexpr Millis housekeeping_every{1'000};
constexpr std::int64_t paused_wait_ms = 1'000;
constexpr std::int64_t trouble_wait_ms = 1'000;
constexpr Millis no_connection_wait{5'000};
constexpr int most_expired = 256;

// One taken row, from the queue to its end.
struct Item {
    Queued row;
    Message message;
    std::shared_ptr<const Job> job;  // null: it could not be made
    std::int64_t begun_at = 0;
    std::int64_t ended_at = 0;
    Verdict verdict;
    std::vector<Json> events;
    enum class End { attempted, cancelled, skipped, put_back } end = End::attempted;
    std::string_view skip_reason;  // skipped
    std::int64_t due_at = 0;       // put_back
    int per_second = 0;            // the campaign's pace; 0: none
};

Attempt attempt_of(const Item& item) {
    Attempt attempt;
    attempt.number = item.row.attempts;
    attempt.sent_at = item.begun_at;
    attempt.ended_at = item.ended_at;
    attempt.deadline_at = item.row.deadline_at;
    attempt.settle_after_s = item.job ? item.job->settle_after_s : 0;
    if (item.job) attempt.follow_up = item.job->follow_up;
    return attempt;
}

// What one item changes, entered into the flush of its campaign. Says how its queue row goes on.
void settle(store::Session& session, const Item& item, Flush& flush) {
    const std::size_t before = flush.deferred.size();
    switch (item.end) {
        case Item::End::put_back:
            // The attempt was counted when it was taken, but never begun.
            return store::queue::reschedule(session, item.row.message, item.due_at, item.row.attempts - 1);
        case Item::End::cancelled:
            flush.add_cancelled(item.message, item.ended_at);
            break;
        case Item::End::skipped:
            flush.add_skipped(item.message, item.skip_reason, item.ended_at);
            break;
        case Item::End::attempted:
            flush.add(item.message, item.verdict, attempt_of(item));
            for (const Json& event : item.events) flush.add_event(item.message, event, item.ended_at);
            break;
    }
    if (flush.deferred.size() > before) {
        const Queued& again = flush.deferred.back();
        store::queue::reschedule(session, item.row.message, again.due_at, again.attempts);
        flush.deferred.pop_back();
        return;
    }
    const Id done[] = {item.row.message};
    store::queue::remove(session, done);
}

// Messages of a campaign were counted as queued until now.
void count(store::Session& session, Id campaign, const Flush& flush) {
    if (campaign == 0) return;
    store::campaigns::StateCounts deltas;
    for (const store::Outcome& outcome : flush.outcomes) ++deltas[outcome.state];
    store::campaigns::add_deltas(session, campaign, deltas);
}

// Runs inside a writer's unit.
void write(store::Session& session, const std::vector<Item>& items) {
    std::map<std::string, std::vector<Id>> by_owner;
    for (const Item& item : items) by_owner[item.row.owner].push_back(item.row.message);
    std::set<Id> ours;
    for (const auto& [owner, ids] : by_owner)
        for (const Id id : store::queue::held(session, owner, ids)) ours.insert(id);

    std::map<Id, Flush> flushes;
    for (const Item& item : items)
        if (ours.contains(item.row.message)) settle(session, item, flushes[item.row.campaign]);
    for (const auto& [campaign, flush] : flushes) {
        flush.write(session, campaign);
        count(session, campaign, flush);
    }
}

}  // namespace

class QueueRunner::Loop {
public:
    Loop(Parts parts, QueueOptions options)
        : parts_(parts), options_(std::move(options)), random_(options_.seed) {}

    void start() {
        thread_ = std::thread([this] { run(); });
    }

    void stop(Millis patience) {
        if (!thread_.joinable()) return;
        stop_at_ = parts_.clock.steady() + patience;
        stopping_ = true;
        inbox_->bell.ring();
        thread_.join();
    }

    void ring() { inbox_->bell.ring(); }

    // True when there is more to do at once.
    bool turn() {
        try {
            finish(inbox_->take());
            write_ended();
            housekeeping();
            return !stopping_ && take();
        } catch (const std::exception& error) {
            // The wall of this engine: what was taken comes back when its lease ends.
            spdlog::error("queue lane {}: {}", static_cast<int>(options_.lane), error.what());
            return false;
        }
    }

private:
    void run() {
        bool more = false;
        while (!stopping_ || (busy() && parts_.clock.steady() < stop_at_)) {
            if (!more) inbox_->bell.wait_for(idle_round);
            more = turn();
        }
    }

    bool busy() const { return on_the_way_ > 0 || !ended_.empty(); }

    // Renews what is on its way, and settles what a lost node had marked.
    void housekeeping() {
        const Steady now = parts_.clock.steady();
        if (now < housekeeping_at_) return;
        housekeeping_at_ = now + housekeeping_every;
        const std::int64_t now_ms = parts_.clock.now_ms();
        if (!owners_.empty())
            parts_.writer.run([&](store::Session& session) {
                for (const auto& [owner, n] : owners_)
                    store::queue::renew(session, owner, now_ms + options_.lease.count());
            });
        if (options_.lane == store::Lane::single && !stopping_) recover(now_ms);
    }

    void recover(std::int64_t now_ms) {
        std::vector<Queued> expired;
        parts_.writer.run([&, owner = new_owner()](store::Session& session) {
            expired = store::queue::take_expired(session, owner, now_ms, now_ms + options_.lease.count(),
                                                 most_expired);
        });
        if (expired.empty()) return;
        spdlog::warn("{} queued messages of a lost owner are uncertain", expired.size());
        for (Item& item : with_messages(expired)) {
            item.verdict = lost_owner();
            item.begun_at = item.ended_at = now_ms;
            prepare(item);
            ++owners_[item.row.owner];
            ended_.push_back(std::move(item));
        }
        write_ended();
    }

    // True when there may be more at once.
    bool take() {
        const int room = options_.window - on_the_way_ - static_cast<int>(ended_.size());
        if (room <= 0) return false;
        const Steady taken_at = parts_.clock.steady();
        const std::int64_t now = parts_.clock.now_ms();
        std::vector<Queued> rows;
        Overtaken late;
        // Asking is a read; only what is due costs a write.
        const std::int64_t due = parts_.db.read(
            [&](store::Session& session) { return store::queue::next_due(session, options_.lane); });
        if (due == 0 || due > now) return false;
        const int limit = std::min(options_.at_once, room);
        parts_.writer.run([&, owner = new_owner()](store::Session& session) {
            rows =
                store::queue::take(session, options_.lane, owner, now, now + options_.lease.count(), limit);
            late = overtaken(session, rows);
        });
        if (rows.empty()) return false;
        begin(with_messages(rows), late, taken_at + options_.lease - options_.lease_margin);
        return static_cast<int>(rows.size()) == limit;
    }

    std::vector<Item> with_messages(const std::vector<Queued>& rows) {
        std::vector<Id> ids;
        for (const Queued& row : rows) ids.push_back(row.message);
        std::map<Id, Message> messages;
        parts_.db.read([&](store::Session& session) {
            for (Message& message : store::messages::by_ids(session, ids))
                messages.emplace(message.id, std::move(message));
        });
        std::vector<Item> items;
        for (const Queued& row : rows) {
            Item item;
            item.row = row;
            item.message = messages.at(row.message);
            items.push_back(std::move(item));
        }
        return items;
    }

    void begin(std::vector<Item> items, const Overtaken& late, Steady not_after) {
        std::vector<Exchange::Job> jobs;
        campaigns_seen_.clear();
        for (Item& item : items) {
            ++owners_[item.row.owner];
            item.begun_at = item.ended_at = parts_.clock.now_ms();
            try {
                const auto why = late.find(item.row.message);
                if (why != late.end() ? skip(item, why->second) : may_go(item)) {
                    jobs.push_back(call_for(item, not_after));
                    continue;
                }
            } catch (const std::exception& error) {
                // Nothing of it has left, and the others go on.
                spdlog::error("message {}: {}; it is tried again", item.row.message, error.what());
                put_back(item, trouble_wait_ms);
            }
            ended_.push_back(std::move(item));
        }
        on_the_way_ += static_cast<int>(jobs.size());
        parts_.exchange.run_all(std::move(jobs));
        write_ended();
    }

    // Fills in the job and, when the message must not be sent now, how it ends.
    bool may_go(Item& item) {
        if (item.row.campaign != 0) {
            const auto pulse = parts_.db.read(
                [&](store::Session& session) { return store::campaigns::pulse(session, item.row.campaign); });
            if (!pulse || pulse->state == CampaignState::cancelled) {
                item.end = Item::End::cancelled;
                return false;
            }
            if (item.begun_at < item.row.deadline_at && pulse->state != CampaignState::sending)
                return put_back(item, paused_wait_ms);
            item.per_second = pulse->per_second;
        }
        if (item.begun_at >= item.row.deadline_at) {
            item.verdict.how = Verdict::How::failed;
            item.verdict.code = "expired";
            item.verdict.text = "its deadline passed before it could be sent";
            return false;
        }
        const bool suppressed = parts_.db.read([&](store::Session& session) {
            return store::suppressions::find(session, store::Scope{item.row.tenant}, item.message.channel,
                                             item.message.address)
                .has_value();
        });
        if (suppressed) return skip(item, domain::reason::suppressed);
        const std::string problem = prepare(item);
        if (!item.job) {
            item.verdict.how = Verdict::How::again;
            item.verdict.cls = domain::Class::config;
            item.verdict.code = "connection";
            item.verdict.text = problem;
            item.verdict.wait = no_connection_wait;
            return false;
        }
        return true;
    }

    static bool skip(Item& item, std::string_view reason) {
        item.end = Item::End::skipped;
        item.skip_reason = reason;
        return false;
    }

    bool put_back(Item& item, std::int64_t wait_ms) {
        item.end = Item::End::put_back;
        item.due_at = item.begun_at + wait_ms;
        return false;
    }

    // Makes the item's job; returns why it could not.
    std::string prepare(Item& item) {
        if (item.row.campaign == 0) {
            auto job = make_job(parts_.db, parts_.connections, parts_.limits, item.message);
            if (!job) return job.error().text;
            item.job = std::move(*job);
            return {};
        }
        auto& known = campaigns_seen_[item.row.campaign];
        if (!known) {
            const auto campaign = parts_.db.read([&](store::Session& session) {
                return store::campaigns::find(session, store::Scope{item.row.tenant}, item.row.campaign);
            });
            if (!campaign) return "its campaign is gone";
            auto job = make_job(parts_.db, parts_.connections, parts_.limits, *campaign);
            if (!job) return job.error().text;
            known = std::move(*job);
        }
        item.job = known;
        return {};
    }

    Exchange::Job call_for(const Item& item, Steady not_after) {
        Call call;
        call.connection = item.job->connection.plugin;
        call.connection_id = item.job->connection.id;
        call.op = "send";
        call.input = send_input(item.job->input, std::span<const Message>(&item.message, 1));
        call.lane = options_.lane == store::Lane::campaign ? net::Lane::campaign : net::Lane::single;
        call.not_after = not_after;
        call.pace = pace_of(item.row.campaign, item.per_second, 1);
        return {std::move(call), [inbox = inbox_, clock = &parts_.clock, random = random_(),
                                  item = item](const Ended& ended) mutable {
                    item.verdict = judge(ended, 1, item.row.attempts, random).front();
                    item.events = events_of(ended);
                    item.ended_at = clock->now_ms();
                    inbox->put(std::move(item));
                }};
    }

    void finish(std::vector<Item> items) {
        on_the_way_ -= static_cast<int>(items.size());
        for (Item& item : items) {
            ended_.push_back(std::move(item));
        }
    }

    // While the database is away, what has ended waits here and stays leased: it is known, so it must not
    // become uncertain. Writing it twice is harmless, for its queue row is gone after the first time.
    void write_ended() {
        if (ended_.empty()) return;
        try {
            parts_.writer.run([this](store::Session& session) { write(session, ended_); });
        } catch (const store::DbError& error) {
            using Kind = store::DbError::Kind;
            if (error.kind() == Kind::busy || error.kind() == Kind::lost) throw;
            spdlog::error("{} outcomes cannot be written and are uncertain", ended_.size());
            forget_ended();
            throw;
        }
        const bool events =
            std::any_of(ended_.begin(), ended_.end(), [](const Item& item) { return !item.events.empty(); });
        forget_ended();
        if (options_.lane == store::Lane::campaign) parts_.campaigns.ring();
        if (events) parts_.processor.ring();
    }

    void forget_ended() {
        for (const Item& item : ended_) {
            const auto owner = owners_.find(item.row.owner);
            if (--owner->second == 0) owners_.erase(owner);
        }
        ended_.clear();
    }

    std::string new_owner() {
        return options_.node + ":q" + std::to_string(static_cast<int>(options_.lane)) + ":" +
               std::to_string(++owner_numbers_);
    }

    Parts parts_;
    const QueueOptions options_;
    std::mt19937_64 random_;
    const std::shared_ptr<Mailbox<Item>> inbox_ = std::make_shared<Mailbox<Item>>();
    std::atomic<bool> stopping_ = false;
    Steady stop_at_;  // set before stopping_

    // The rest is the loop's own.
    std::map<std::string, int> owners_;  // of what each owner took: how many are not written yet
    std::vector<Item> ended_;            // not written yet
    std::map<Id, std::shared_ptr<const Job>> campaigns_seen_;
    int on_the_way_ = 0;
    std::uint64_t owner_numbers_ = 0;
    Steady housekeeping_at_;
    std::thread thread_;
};

QueueRunner::QueueRunner(Parts parts, QueueOptions options)
    : loop_(std::make_unique<Loop>(parts, std::move(options))) {}

QueueRunner::~QueueRunner() { stop(); }

void QueueRunner::start() { loop_->start(); }
void QueueRunner::stop(Millis patience) { loop_->stop(patience); }
void QueueRunner::ring() { loop_->ring(); }
void QueueRunner::turn() { loop_->turn(); }

}  // namespace dakiya::send
