#include "send/queue_runner.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include <pthread.h>
#include <spdlog/spdlog.h>

#include "base/mailbox.hpp"
#include "domain/admission.hpp"
#include "domain/people_limit.hpp"
#include "domain/zones.hpp"
#include "send/overtaken.hpp"
#include "send/queue_item.hpp"
#include "store/portfolios.hpp"
#include "store/suppressions.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Message;
using store::Queued;
using Item = QueueItem;

constexpr Millis idle_round{200};
constexpr Millis housekeeping_every{1'000};
constexpr std::int64_t trouble_wait_ms = 1'000;
constexpr std::int64_t files_wait_ms = 2'000;
constexpr Millis no_connection_wait{5'000};
constexpr int most_expired = 256;

net::Lane net_lane(store::Lane lane) {
    switch (lane) {
        case store::Lane::otp:
            return net::Lane::otp;
        case store::Lane::single:
            return net::Lane::single;
        case store::Lane::campaign:
            break;
    }
    return net::Lane::campaign;
}

std::vector<Id> messages_of(const std::vector<Queued>& rows) {
    std::vector<Id> messages;
    for (const Queued& row : rows) messages.push_back(row.message);
    return messages;
}

}  // namespace

class QueueRunner::Loop {
public:
    Loop(Parts parts, QueueOptions options)
        : parts_(parts),
          options_(std::move(options)),
          random_(options_.seed),
          direct_owner_(owner_named("now")) {}

    void start() {
        running_ = true;
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
    store::Lane lane() const { return options_.lane; }

    // True when there is more to do at once. Whoever turns it takes what the fast path leaves, too.
    bool turn() {
        running_ = true;
        try {
            finish(inbox_->take());
            write_all_ended();
            housekeeping();
            return !stopping_ && take();
        } catch (const std::exception& error) {
            // The wall of this engine: what was taken comes back when its lease ends.
            spdlog::error("queue lane {}: {}", static_cast<int>(options_.lane), error.what());
            return false;
        }
    }

    // ---- the fast path, on anybody's threads

    std::shared_ptr<Ready> prepare(Item item) {
        item.row.owner = direct_owner_;
        item.row.attempts = 1;
        item.begun_at = item.ended_at = parts_.clock.now_ms();
        item.row.lease_until = item.begun_at + options_.lease.count();
        auto ready = std::make_shared<Ready>();
        ready->job = call_for(item, parts_.clock.steady() + options_.lease - options_.lease_margin);
        ready->item = std::move(item);
        if (!running_ || stopping_) return nullptr;
        if (++on_the_way_ > options_.window) {
            --on_the_way_;
            return nullptr;
        }
        ++direct_;
        return ready;
    }

    void send(Ready& ready) { parts_.exchange.run(std::move(ready.job.call), std::move(ready.job.done)); }

    // Perhaps it was stored all the same: when the connection to the database broke in the middle, nobody
    // can say. Then it is not begun yet and due at once.
    void drop(Ready& ready) {
        ready.item.end = Item::End::put_back;
        ready.item.due_at = ready.item.begun_at;
        inbox_->put(std::move(ready.item));
    }

private:
    void run() {
        bool more = false;
        pthread_setname_np(pthread_self(),
                           ("queue " + std::to_string(static_cast<int>(options_.lane))).c_str());
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
        if (!owners_.empty() || direct_ > 0)
            parts_.writer.run([&, until = now_ms + options_.lease.count()](store::Session& session) {
                for (const auto& [owner, n] : owners_) store::queue::renew(session, owner, until);
                if (direct_ > 0) store::queue::renew(session, direct_owner_, until);
            });
        if (!stopping_) recover(now_ms);
    }

    // Their requests may have left: uncertain, unless the provider drops repeats, and then they are simply
    // sent again with the same key. What must not be sent again now (paused, cancelled, suppressed, too late)
    // may have been sent all the same, so it is uncertain too.
    void recover(std::int64_t now_ms) {
        const Steady taken_at = parts_.clock.steady();
        const bool any = parts_.db.read([&](store::Session& session) {
            return store::queue::any_expired(session, options_.lane, now_ms);
        });
        if (!any) return;
        std::vector<Queued> expired;
        Overtaken late;
        parts_.writer.run([&, owner = new_owner()](store::Session& session) {
            expired = store::queue::take_expired(session, options_.lane, owner, now_ms,
                                                 now_ms + options_.lease.count(), most_expired);
            late = overtaken(session, expired);
        });
        std::vector<Exchange::Job> again;
        campaigns_seen_.clear();
        for (Item& item : with_messages(expired)) {
            ++owners_[item.row.owner];
            item.begun_at = item.ended_at = now_ms;
            if (!late.contains(item.row.message) && may_repeat(item)) {
                item.row.in_doubt = true;
                again.push_back(call_for(item, taken_at + options_.lease - options_.lease_margin));
                continue;
            }
            item.end = Item::End::attempted;
            item.verdict = lost_owner();
            ended_.push_back(std::move(item));
        }
        spdlog::warn(
            "{} queued messages of a lost owner: {} are sent again with their key, the others are "
            "uncertain",
            expired.size(), again.size());
        on_the_way_ += static_cast<int>(again.size());
        parts_.exchange.run_all(std::move(again));
        write_all_ended();
    }

    bool may_repeat(Item& item) {
        try {
            prepare_job(item);
            return item.job && item.job->idempotent && may_go(item);
        } catch (const std::exception& error) {
            spdlog::error("message {}: {}; it is uncertain", item.row.message, error.what());
            return false;
        }
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
        give_back_unbegun();
        const std::int64_t due = parts_.db.read(
            [&](store::Session& session) { return store::queue::next_due(session, options_.lane); });
        if (due == 0 || due > now) return false;
        const int limit = std::min(options_.at_once, room);
        unbegun_ = new_owner();
        parts_.writer.run([&](store::Session& session) {
            rows = store::queue::take(session, options_.lane, unbegun_, now, now + options_.lease.count(),
                                      limit);
            late = overtaken(session, rows);
            store::portfolios::enter_again(session, messages_of(rows), domain::slot_at(now));
        });
        std::vector<Item> items = with_messages(rows);
        unbegun_.clear();
        if (rows.empty()) return false;
        begin(std::move(items), late, taken_at + options_.lease - options_.lease_margin);
        return static_cast<int>(rows.size()) == limit;
    }

    // The database failed while it was asked for rows: they may be marked, and nothing of them has left.
    void give_back_unbegun() {
        if (unbegun_.empty()) return;
        parts_.writer.run([&, now = parts_.clock.now_ms()](store::Session& session) {
            store::queue::give_back(session, unbegun_, now);
        });
        unbegun_.clear();
    }

    std::vector<Item> with_messages(const std::vector<Queued>& rows) {
        const std::vector<Id> ids = messages_of(rows);
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
        write_all_ended();
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
            if (item.begun_at < item.row.deadline_at && pulse->state != CampaignState::sending) {
                item.end = Item::End::parked;
                return false;
            }
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
        const std::string problem = item.job ? "" : prepare_job(item);
        if (!item.job) {
            item.verdict.how = Verdict::How::again;
            item.verdict.cls = domain::Class::config;
            item.verdict.code = "connection";
            item.verdict.text = problem;
            item.verdict.wait = no_connection_wait;
            return false;
        }
        if (!item.job->missing.empty()) return wait_for_files(item);
        if (!item.row.whereabouts.empty() && closed(item)) return false;
        return true;
    }

    // They have to be uploaded first, or once more.
    bool wait_for_files(Item& item) {
        parts_.writer.run([&](store::Session& session) {
            for (const store::MediaKey& key : item.job->missing)
                store::media_handles::want(session, store::Scope{item.row.tenant}, key, true, item.begun_at);
        });
        return put_back(item, files_wait_ms);
    }

    static bool skip(Item& item, std::string_view reason) {
        item.end = Item::End::skipped;
        item.skip_reason = reason;
        return false;
    }

    // Whether its recipient may not be written to now; it waits for the next opening, or looks for one daily.
    static bool closed(QueueItem& item) {
        const auto opening = item.job->timing.opening(item.row.whereabouts, item.begun_at);
        if (opening && opening->from <= item.begun_at) return false;
        item.end = QueueItem::End::put_off;
        item.due_at = opening ? opening->from : item.begun_at + domain::day_ms;
        return true;
    }

    bool put_back(Item& item, std::int64_t wait_ms) {
        item.end = Item::End::put_back;
        item.due_at = item.begun_at + wait_ms;
        return false;
    }

    // Makes the item's job; returns why it could not.
    std::string prepare_job(Item& item) {
        if (item.row.campaign == 0) {
            if (item.message.origin == domain::Origin::otp)
                if (auto opened = parts_.connections.open_params(item.message); !opened)
                    return opened.error().text;
            auto job = make_job(parts_.db, parts_.connections, parts_.limits, item.message, item.begun_at);
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
            auto job = make_job(parts_.db, parts_.connections, parts_.limits, *campaign, item.begun_at);
            if (!job) return job.error().text;
            known = std::move(*job);
        }
        item.job = known;
        return {};
    }

    std::uint64_t jitter() {
        const std::lock_guard lock(random_mutex_);
        return random_();
    }

    Exchange::Job call_for(const Item& item, Steady not_after) {
        Call call = call_to(item.job->connection, "send");
        call.input = send_input(item.job->input, std::span<const Message>(&item.message, 1));
        call.lane = net_lane(options_.lane);
        call.recipients = 1;
        call.files = item.job->files;
        call.not_after = not_after;
        call.pace = pace_of(item.row.campaign, item.per_second, 1);
        return {std::move(call), [inbox = inbox_, clock = &parts_.clock, random = jitter(),
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
            if (counts(item)) {
                const auto ending = ending_of(item.verdict, item.begun_at);
                parts_.stops.note(*item.job, {&ending, 1});
            }
            ended_.push_back(std::move(item));
        }
    }

    // Whether its end is an answer for the stop rules of its campaign.
    static bool counts(const Item& item) {
        return item.row.campaign != 0 && item.job && item.end == Item::End::attempted;
    }

    // While the database is away, what has ended waits here and stays leased: it is known, so it must not
    // become uncertain. Writing it twice is harmless, for its queue row is gone after the first time.
    void write_all_ended() {
        if (ended_.empty()) return;
        try {
            parts_.writer.run([this, now_ms = parts_.clock.now_ms()](store::Session& session) {
                write_ended(session, ended_, now_ms);
            });
        } catch (const store::DbError& error) {
            if (dynamic_cast<const store::CommitUnknown*>(&error))
                for (Item& item : ended_) item.perhaps_written = true;
            if (error.passing()) throw;
            spdlog::error("{} outcomes cannot be written and are uncertain", ended_.size());
            forget_ended();
            throw;
        }
        const bool events =
            std::any_of(ended_.begin(), ended_.end(), [](const Item& item) { return !item.events.empty(); });
        for (const Item& item : ended_)
            if (counts(item)) parts_.stops.pause_if_due(item.job->campaign);
        forget_ended();
        if (options_.lane == store::Lane::campaign) parts_.campaigns.ring();
        if (events) parts_.processor.ring();
    }

    void forget_ended() {
        for (const Item& item : ended_) {
            if (item.row.owner == direct_owner_) {
                --direct_;
                continue;
            }
            const auto owner = owners_.find(item.row.owner);
            if (--owner->second == 0) owners_.erase(owner);
        }
        ended_.clear();
    }

    std::string new_owner() { return owner_named(std::to_string(++owner_numbers_)); }

    std::string owner_named(const std::string& name) const {
        return options_.node + ":q" + std::to_string(static_cast<int>(options_.lane)) + ":" + name;
    }

    Parts parts_;
    const QueueOptions options_;
    std::mutex random_mutex_;
    std::mt19937_64 random_;
    const std::string direct_owner_;  // of what was marked by the transaction that stored it
    const std::shared_ptr<Mailbox<Item>> inbox_ = std::make_shared<Mailbox<Item>>();
    std::atomic<bool> running_ = false, stopping_ = false;
    Steady stop_at_;                   // set before stopping_
    std::atomic<int> on_the_way_ = 0;  // sent or promised, and not heard of again
    std::atomic<int> direct_ = 0;      // of those and of what has ended, the direct owner's

    // The rest is the loop's own.
    std::map<std::string, int> owners_;  // of what each owner took: how many are not written yet
    std::vector<Item> ended_;            // not written yet
    std::string unbegun_;                // took rows, perhaps, of which nothing was begun; mostly empty
    std::map<Id, std::shared_ptr<const Job>> campaigns_seen_;
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

std::shared_ptr<QueueRunner::Ready> QueueRunner::prepare(QueueItem item) {
    return loop_->prepare(std::move(item));
}
void QueueRunner::send(Ready& ready) { loop_->send(ready); }
store::Lane QueueRunner::lane() const { return loop_->lane(); }
void QueueRunner::drop(Ready& ready) { loop_->drop(ready); }

}  // namespace dakiya::send
