#include "send/dispatcher.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <variant>

#include <spdlog/spdlog.h>

#include "domain/admission.hpp"
#include "send/departure.hpp"
#include "send/dispatch_input.hpp"
#include "send/late.hpp"
#include "send/media_gone.hpp"
#include "send/runner.hpp"
#include "send/slots.hpp"
#include "store/stops.hpp"

namespace dakiya::send {

namespace {

using domain::CampaignState;
using store::Message;

constexpr Millis gather{3};         // a commit waits this long for more outcomes
constexpr Millis retry_every{200};  // a commit that the database could not take

// The database is away, busy, full or read-only: what could not be written can be, later.
bool passes(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const store::DbError& cause) {
        return cause.passing();
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace

class Dispatcher::Loop {
public:
    Loop(Parts parts, DispatcherOptions options)
        : parts_(parts),
          options_(std::move(options)),
          random_(options_.seed),
          slots_(parts_, options_, inbox_) {}

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

    void ring() {
        slots_.look_again();
        inbox_->bell.ring();
    }

    // ---- the loop

    void turn() {
        for (DispatchInput& input : inbox_->take())
            guarded([&] { std::visit([this](auto& in) { handle(in); }, input); });
        if (!stopping_) {
            guarded([this] { slots_.scan(runners_); });
            guarded([this] { slots_.lease_free(runners_); });
        }
        give_up_surplus();
        sums_ = sums_of(runners_, options_.window);
        for (Runner* runner : in_turn()) guarded([this, runner] { step(*runner); });
        submit(std::exchange(together_, {}));
        // While a commit is being written, outcomes only gather for the next one.
        inbox_->hush(commits_under_way_ > 0);
        std::erase_if(runners_, [this](const auto& entry) { return finished(*entry.second); });
    }

private:
    void run() {
        while (!ended()) {
            inbox_->bell.wait_for(nearest_wake());
            turn();
        }
    }

    // The wall of this engine, around each piece of work: what is lost in one comes back when its lease ends,
    // and the others go on.
    template <class Work>
    static void guarded(const Work& work) {
        try {
            work();
        } catch (const std::exception& error) {
            spdlog::error("dispatcher: {}", error.what());
        }
    }

    bool ended() const {
        if (!stopping_ || !slots_.at_rest()) return false;
        return runners_.empty() || parts_.clock.steady() >= stop_at_;
    }

    Millis nearest_wake() const { return runners_.empty() ? scan_every : Millis(5); }

    void give_up_surplus() {
        if (Runner* yields = slots_.surplus(runners_)) yields->yields = yields->draining = true;
    }

    // Of those that wait for the same permits, the one goes first that marked the longest ago.
    std::vector<Runner*> in_turn() {
        std::vector<Runner*> order;
        for (const auto& [id, runner] : runners_) order.push_back(runner.get());
        std::stable_sort(order.begin(), order.end(), [this](const Runner* one, const Runner* other) {
            return one->marked_no < other->marked_no;
        });
        return order;
    }

    void handle(Scanned& scanned) { slots_.scanned(scanned); }

    void handle(Leased& leased) {
        slots_.leased(leased);
        if (!leased.loaded) return;  // if it could not be read, its lease runs out by itself
        if (!*leased.loaded) {
            const std::int64_t now = parts_.clock.now_ms();
            pause(leased.campaign, {leased.loaded->error().text, false, now}, now);
            slots_.release(leased.chunk);
            return;
        }
        // The campaigns engine has them uploaded, and pauses the campaign when that fails.
        if ((*leased.loaded)->files_missing()) return slots_.release(leased.chunk);
        auto runner = std::make_unique<Runner>();
        runner->id = ++runner_ids_;
        runner->chunk = std::move(leased.chunk);
        LoadedChunk& loaded = **leased.loaded;
        runner->job = std::move(loaded.job);
        runner->cancelled = leased.campaign.state == CampaignState::cancelled;
        runner->draining = runner->cancelled;
        runner->per_second = leased.campaign.per_second;
        runner->leased_at = leased.begun;
        runner->usable_until = leased.begun + options_.lease - options_.lease_margin;
        runner->committed_at = leased.begun;
        runner->first_new = runner->chunk.intent_id;
        runner->unmarked.assign(std::make_move_iterator(loaded.unmarked.begin()),
                                std::make_move_iterator(loaded.unmarked.end()));
        // Those of a lost owner may be sent again, and were not looked up.
        if (loaded.orphans.empty()) runner->suppressions = loaded.suppressions;
        const std::int64_t now = parts_.clock.now_ms();
        for (const Message& message : loaded.suppressed)
            runner->ready.add_skipped(message, domain::reason::suppressed, now);
        recover(*runner, loaded.orphans, now);
        runners_.emplace(runner->id, std::move(runner));
    }

    // Marked by an owner that is gone. Its requests may have left: uncertain, unless the provider drops
    // repeats, and then they are simply sent again with the same key.
    void recover(Runner& runner, const std::vector<Message>& orphans, std::int64_t now) {
        if (orphans.empty()) return;
        spdlog::warn("campaign {}: {} messages of a lost owner are {}", runner.chunk.campaign, orphans.size(),
                     runner.job && runner.job->idempotent ? "sent again with their key" : "uncertain");
        if (runner.job && runner.job->idempotent) {
            runner.unmarked.insert(runner.unmarked.begin(), orphans.begin(), orphans.end());
            return;
        }
        const Attempt attempt = attempt_of(runner, now, now);
        for (const Message& message : orphans) runner.ready.add(message, lost_owner(), attempt);
    }

    // Those that were to be sent again stay so no longer when the campaign is cancelled: the lost owner may
    // have sent them.
    void give_up_recovered(Runner& runner) {
        const std::int64_t now = parts_.clock.now_ms();
        for (; !runner.unmarked.empty() && runner.marked_before(runner.unmarked.front());
             runner.unmarked.pop_front())
            runner.ready.add(runner.unmarked.front(), lost_owner(), attempt_of(runner, now, now));
    }

    Attempt attempt_of(const Runner& runner, std::int64_t begun_at, std::int64_t ended_at) const {
        Attempt attempt;
        attempt.sent_at = begun_at;
        attempt.ended_at = ended_at;
        attempt.deadline_at = begun_at + campaign_patience_ms;
        attempt.settle_after_s = runner.job ? runner.job->settle_after_s : 0;
        attempt.polled = runner.job && runner.job->polled;
        if (runner.job) attempt.follow_up = runner.job->follow_up;
        return attempt;
    }

    // ---- one chunk

    void step(Runner& runner) {
        const Steady now = parts_.clock.steady();
        if (runner.unwritten && now >= runner.retry_at)
            return put_together(std::exchange(runner.unwritten, {}));
        if (runner.committing || runner.done) return;
        if (stopping_ || closed(runner, parts_.clock.now_ms())) runner.draining = true;
        if (runner.lost) return hand_on(runner, now);
        if (commits_under_way_ > 0) return;  // the next ones go together when these are written
        const int mark = may_mark(runner, now);
        if (!worth_a_commit(runner, mark, now)) return;
        commit(runner, mark, now);
    }

    int may_mark(Runner& runner, Steady now) {
        // Past the lease's end (database away, process stopped) somebody else may hold the chunk: nothing
        // new until a commit, which its fence guards, has renewed the lease.
        if (runner.draining || now >= runner.usable_until) return 0;
        const int micro = std::max(options_.micro_batch, static_cast<int>(runner.job->batch));
        const int room = std::min(options_.window - runner.on_the_way,
                                  slots_.room(runner, sums_.marked[runner.chunk.campaign]));
        int wanted = std::min({micro, std::max(room, 0), static_cast<int>(runner.unmarked.size())});
        if (wanted < std::min<int>(micro, static_cast<int>(runner.unmarked.size())) &&
            runner.on_the_way > 0 && wanted < micro / 2)
            return 0;  // a fuller micro-batch soon
        return parts_.pacer.room(paced(runner), wanted,
                                 std::max(wanted, sums_.ahead[runner.job->connection.id]));
    }

    static Pacer::Campaign paced(const Runner& runner) {
        return {runner.chunk.campaign, static_cast<double>(runner.per_second), runner.job->per_second,
                static_cast<int>(runner.job->batch)};
    }

    bool worth_a_commit(const Runner& runner, int mark, Steady now) const {
        const bool last = runner.on_the_way == 0 && runner.unmarked.empty();
        if (last ||
            (runner.draining && runner.on_the_way == 0 && (runner.cancelled || !runner.ready.empty())))
            return true;
        if (mark > 0) return true;
        if (now - runner.committed_at >= options_.lease / 3) return true;  // renew
        return !runner.ready.empty() && (now - runner.committed_at >= gather || runner.on_the_way == 0);
    }

    void commit(Runner& runner, int mark, Steady now) {
        const int ahead = ahead_of(runner, options_.window);
        auto commit = std::make_shared<Commit>(
            next_commit(runner, mark, parts_.clock.now_ms() + options_.lease.count(), now));
        commit->now_ms = parts_.clock.now_ms();
        commit->recovered = attempt_of(runner, commit->now_ms, commit->now_ms);
        if (mark > 0) {
            commit->place = parts_.pacer.place(paced(runner), mark);
            runner.marked_no = ++marks_;
            sums_.ahead[runner.job->connection.id] += ahead_of(runner, options_.window) - ahead;
        }
        put_together(std::move(commit));
    }

    void put_together(std::shared_ptr<Commit> commit) {
        sums_.marked[commit->chunk.campaign] += static_cast<int>(commit->launch.size());
        together_.push_back(std::move(commit));
    }

    void submit(Commits commits) {
        if (commits.empty()) return;
        ++commits_under_way_;
        auto shared = std::make_shared<const Commits>(std::move(commits));
        parts_.writer.submit([shared](store::Session& session) { write_commits(session, *shared); },
                             [inbox = inbox_, shared](const std::exception_ptr& error) {
                                 inbox->put(Committed{*shared, error});
                             });
    }

    void handle(Committed& done) {
        --commits_under_way_;
        if (done.error && !passes(done.error) && done.commits.size() > 1) {
            // One that is refused must not take the others with it.
            for (std::shared_ptr<Commit>& commit : done.commits) submit({std::move(commit)});
            return;
        }
        for (const std::shared_ptr<Commit>& commit : done.commits)
            guarded([&] { handle(commit, done.error); });
    }

    void handle(const std::shared_ptr<Commit>& commit, const std::exception_ptr& error) {
        const auto found = runners_.find(commit->runner);
        if (found == runners_.end()) return;
        Runner& runner = *found->second;
        if (error && passes(error)) {
            // What has ended is known, and stays here until it can be written, whatever becomes of the lease.
            commit->again = true;
            runner.unwritten = commit;
            runner.retry_at = parts_.clock.steady() + retry_every;
            return;
        }
        if (error) return lose(runner, *commit, error);
        if (commit->lost) return lose(runner, *commit, std::make_exception_ptr(store::LeaseLost()));
        if (commit->held()) slots_.pass_over(runner.chunk.campaign);
        committed(runner, *commit);
        if (runner.cancelled) give_up_recovered(runner);
        runner.usable_until = commit->begun + options_.lease - options_.lease_margin;
        watch(runner);
        if (commit->last) {
            runner.done = true;
            parts_.campaigns.ring();
            slots_.look_again();
        } else if (commit->marked && !commit->launch.empty()) {
            launch(runner, *commit);
        }
    }

    // The next owner of the chunk finds the marks and calls their messages uncertain. What we know of them is
    // handed on.
    void lose(Runner& runner, Commit& commit, const std::exception_ptr& error) {
        runner.committing = false;
        runner.lost = true;
        runner.ready.merge(std::move(commit.flush));
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& cause) {
            spdlog::warn("campaign {} chunk {}: not ours any more: {}", runner.chunk.campaign,
                         runner.chunk.no, cause.what());
        }
    }

    void hand_on(Runner& runner, Steady now) {
        if (runner.on_the_way > 0 || runner.ready.empty() || now < runner.retry_at) return;
        runner.committing = true;
        auto known = std::make_shared<Flush>(std::exchange(runner.ready, Flush{}));
        for (store::Queued& queued : known->deferred) {
            queued.whereabouts = runner.chunk.whereabouts;
            queued.attempts = 1;
        }
        parts_.writer.submit(
            [known, connection = runner.job ? runner.job->connection.id : 0,
             resent = runner.job && runner.job->sent_again(), now_ms = parts_.clock.now_ms()](
                store::Session& session) { send::hand_on(session, *known, connection, resent, now_ms); },
            [inbox = inbox_, id = runner.id, known](const std::exception_ptr& error) {
                inbox->put(HandedOn{id, known, error});
            });
    }

    void handle(HandedOn& done) {
        const auto found = runners_.find(done.runner);
        if (found == runners_.end()) return;
        Runner& runner = *found->second;
        runner.committing = false;
        if (!done.error) return parts_.processor.ring();
        if (!passes(done.error)) {
            spdlog::error("campaign {} chunk {}: {} outcomes of a lost chunk cannot be handed on",
                          runner.chunk.campaign, runner.chunk.no, done.known->size());
            return;
        }
        runner.ready.merge(std::move(*done.known));
        runner.retry_at = parts_.clock.steady() + retry_every;
    }

    void launch(Runner& runner, Commit& commit) {
        const std::size_t marked = commit.launch.size();
        try {
            const std::int64_t now = parts_.clock.now_ms();
            depart({runner.id, runner.job, runner.chunk.campaign, runner.per_second,
                    std::min(runner.usable_until, closing(runner, now, parts_.clock.steady())), now,
                    commit.place, random_(), std::move(commit.launch)},
                   parts_.exchange, parts_.workers, inbox_);
        } catch (...) {
            not_launched(runner, marked);
            throw;
        }
    }

    // None of them left. The chunk's next owner finds the marks.
    static void not_launched(Runner& runner, std::size_t messages) {
        runner.on_the_way -= static_cast<int>(messages);
        runner.lost = true;
    }

    void handle(NotLaunched& done) {
        const auto found = runners_.find(done.runner);
        if (found != runners_.end()) not_launched(*found->second, done.messages);
    }

    void handle(Sent& sent) {
        const auto found = runners_.find(sent.runner);
        if (found == runners_.end()) return;
        Runner& runner = *found->second;
        runner.on_the_way -= static_cast<int>(sent.verdicts.size());
        slots_.ended(runner.chunk.campaign, sent.verdicts.size());
        Attempt attempt = attempt_of(runner, sent.begun_at, parts_.clock.now_ms());
        std::vector<domain::Ending> endings;
        for (const auto& [message, verdict] : sent.verdicts) {
            attempt.in_doubt = message.id < runner.first_new;
            runner.ready.add(message, verdict, attempt);
            endings.push_back(ending_of(verdict, sent.begun_at));
        }
        parts_.stops.note(*runner.job, endings);
        give_up_files(runner, sent);
        for (const Json& event : sent.events)
            runner.ready.add_event(sent.verdicts.front().first, event, attempt.ended_at);
        if (!sent.events.empty()) ring_processor_ = true;
    }

    // The chunk goes back, and comes with new handles.
    void give_up_files(Runner& runner, const Sent& sent) {
        const bool gone = std::any_of(sent.verdicts.begin(), sent.verdicts.end(),
                                      [](const auto& ended) { return ended.second.file_gone; });
        if (!gone || runner.files_gone) return;
        give_up_handles(parts_.writer, *runner.job, parts_.clock.now_ms());
        runner.files_gone = runner.draining = true;
    }

    // After a commit: does a stop rule apply, and is there news for the processor?
    void watch(const Runner& runner) {
        if (std::exchange(ring_processor_, false)) parts_.processor.ring();
        if (runner.job) parts_.stops.pause_if_due(runner.job->campaign);
    }

    bool finished(Runner& runner) {
        if (!runner.idle()) return false;
        if (runner.lost) return runner.ready.empty();
        if (runner.done) return true;
        if (!runner.draining || runner.cancelled || !runner.ready.empty()) return false;
        slots_.release(runner.chunk);
        return true;
    }

    void pause(const store::Campaign& campaign, const domain::StopReason& reason, std::int64_t now_ms) {
        store::stop_campaign(parts_.writer, store::Scope{campaign.tenant}, campaign.id, reason, now_ms);
    }

    Parts parts_;
    const DispatcherOptions options_;
    std::mt19937_64 random_;

    const DispatchInbox inbox_ = std::make_shared<Mailbox<DispatchInput>>();
    std::atomic<bool> stopping_ = false;
    Steady stop_at_;  // set before stopping_

    // The rest is the loop's own.
    Slots slots_;
    Runners runners_;
    Sums sums_;         // of this turn
    Commits together_;  // made in this turn, written in one go
    int commits_under_way_ = 0;
    bool ring_processor_ = false;
    std::uint64_t runner_ids_ = 0, marks_ = 0;
    std::thread thread_;
};

Dispatcher::Dispatcher(Parts parts, DispatcherOptions options)
    : loop_(std::make_unique<Loop>(parts, std::move(options))) {}

Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::start() { loop_->start(); }
void Dispatcher::stop(Millis patience) { loop_->stop(patience); }
void Dispatcher::ring() { loop_->ring(); }
void Dispatcher::turn() { loop_->turn(); }

}  // namespace dakiya::send
