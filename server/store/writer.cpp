#include "store/writer.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <future>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace dakiya::store {

namespace {

using namespace std::chrono_literals;

using SteadyClock = std::chrono::steady_clock;

constexpr int most_attempts = 6;          // waits 20 ms, 40 ms, ... 640 ms between them
constexpr auto bulk_beside_urgent = 2ms;  // of bulk work in a transaction that somebody waits for

struct Item {
    Writer::Unit unit;
    Writer::Done done;
};

enum class Step { connecting, running, committing };

void report(const Item& item, const std::exception_ptr& error) {
    if (!item.done) return;
    try {
        item.done(error);
    } catch (const std::exception& thrown) {
        spdlog::error("writer: a callback threw: {}", thrown.what());
    }
}

// The transaction of a group: undone unless committed.
class Transaction {
public:
    explicit Transaction(Session& session) : session_(session) {
        session_.execute(session_.dialect() == Dialect::sqlite ? "BEGIN IMMEDIATE" : "START TRANSACTION");
    }
    ~Transaction() {
        if (!open_) return;
        try {
            session_.execute("ROLLBACK");
        } catch (const DbError&) {
            // The database undid it already: SQLite after some errors, MariaDB with the connection.
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        session_.execute("COMMIT");
        open_ = false;
    }

private:
    Session& session_;
    bool open_ = true;
};

}  // namespace

// One writing thread and its session.
struct Writer::State {
    Database& database;
    const Options options;
    std::unique_ptr<Session> session;  // of the writer's thread

    std::mutex mutex;
    std::condition_variable arrived;
    std::array<std::deque<Item>, 2> waiting;  // by share
    bool ending = false;
    bool writing = false;  // a group, on the caller's thread
    std::thread thread;

    State(Database& db, Options opts) : database(db), options(std::move(opts)) {
        if (options.most_units == 0) throw std::invalid_argument("a writer's group needs at least one unit");
        if (options.own_thread) thread = std::thread([this] { loop(); });
    }

    ~State() {
        if (!thread.joinable()) return;
        {
            const std::lock_guard lock(mutex);
            ending = true;
        }
        arrived.notify_one();
        thread.join();
    }

    std::deque<Item>& of(Share share) { return waiting[static_cast<std::size_t>(share)]; }

    void submit(Share share, Item item) {
        {
            const std::lock_guard lock(mutex);
            of(share).push_back(std::move(item));
        }
        arrived.notify_one();
    }

    void loop() {
        while (wait_for_work()) write_next_group();
    }

    // False when nothing is left and the end has come.
    bool wait_for_work() {
        std::unique_lock lock(mutex);
        arrived.wait(lock, [this] { return ending || any_waiting(); });
        return any_waiting();
    }

    // Under the lock.
    bool any_waiting() { return !of(Share::urgent).empty() || !of(Share::bulk).empty(); }

    // The units of one transaction. It grows while they run: who comes in time shares the sync.
    struct Group {
        std::vector<Item> items;
        bool urgent = false;    // somebody waits for it
        bool complete = false;  // nothing joins any more
        std::optional<SteadyClock::time_point> bulk_since;
    };

    // Moves the next unit into the group; false when the transaction is to be committed.
    bool join_next(Group& group) {
        if (group.complete || group.items.size() >= options.most_units) return false;
        const std::lock_guard lock(mutex);
        const bool urgent = !of(Share::urgent).empty();
        group.urgent = group.urgent || urgent;
        if (!urgent && (of(Share::bulk).empty() || !bulk_may_join(group))) return false;
        std::deque<Item>& from = of(urgent ? Share::urgent : Share::bulk);
        group.items.push_back(std::move(from.front()));
        from.pop_front();
        return true;
    }

    // At least one of them in every transaction, or they would wait for ever behind a busy API.
    static bool bulk_may_join(Group& group) {
        const auto now = SteadyClock::now();
        if (!group.bulk_since) group.bulk_since = now;
        return !group.urgent || now - *group.bulk_since < bulk_beside_urgent;
    }

    void write_next_group() {
        Group group;
        join_next(group);  // somebody must hear of it when there is no database
        const Ended ended = attempt(group);
        if (ended.away) join_all(group);
        if (!ended.unit_refused || group.items.size() == 1) {
            for (const Item& item : group.items) report(item, ended.error);
            return;
        }
        for (Item& item : group.items) {
            Group alone;
            alone.items.push_back(std::move(item));
            alone.complete = true;
            const Ended its = attempt(alone);
            report(alone.items.front(), its.error);
        }
    }

    // Who has waited while there was no database hears of it now, not each after tries of its own.
    void join_all(Group& group) {
        const std::lock_guard lock(mutex);
        for (std::deque<Item>& share : waiting) {
            std::move(share.begin(), share.end(), std::back_inserter(group.items));
            share.clear();
        }
    }

    struct Ended {
        std::exception_ptr error;  // null: committed
        bool unit_refused = false;
        bool away = false;  // there was no connection to be had
    };

    // Runs the group in one transaction, again while the database is busy or away.
    Ended attempt(Group& group) {
        auto pause = 20ms;
        for (int left = most_attempts;; --left, pause *= 2) {
            Step step = Step::connecting;
            try {
                commit(group, step);
                return {};
            } catch (const DbError& error) {
                const bool lost = error.kind() == DbError::Kind::lost;
                if (lost) session.reset();
                // Lost while committing: it may be durable or not, and nobody can say. Running it again
                // could do it twice, so the callers are told.
                if (lost && step == Step::committing)
                    return {std::make_exception_ptr(CommitUnknown(error.what()))};
                if (!error.passing() || left == 1)
                    return {std::current_exception(), !error.passing() && step == Step::running,
                            step == Step::connecting};
                spdlog::warn("writer: {}; trying again in {} ms", error.what(), pause.count());
            } catch (...) {
                return {std::current_exception(), step == Step::running, step == Step::connecting};
            }
            if (options.pause)
                options.pause(pause);
            else
                std::this_thread::sleep_for(pause);
        }
    }

    void commit(Group& group, Step& step) {
        if (!session) session = database.connect();
        Transaction transaction(*session);
        step = Step::running;
        for (const Item& item : group.items) item.unit(*session);  // again, after a failed attempt
        while (join_next(group)) group.items.back().unit(*session);
        step = Step::committing;
        transaction.commit();
    }
};

Writer::Writer(Database& database, Options options)
    : Writer(std::make_shared<State>(database, std::move(options)), Share::bulk) {}

Writer::Writer(std::shared_ptr<State> state, Share share) : state_(std::move(state)), share_(share) {}

Writer::~Writer() = default;

void Writer::submit(Unit unit, Done done) { state_->submit(share_, {std::move(unit), std::move(done)}); }

void Writer::run(Unit unit, Done done) {
    if (std::this_thread::get_id() == state_->thread.get_id())
        throw std::logic_error("Writer::run on the writer's own thread would wait for itself");
    std::promise<void> finished;
    submit(std::move(unit), [&finished, &done](const std::exception_ptr& error) {
        try {
            if (done) done(error);
            if (error) std::rethrow_exception(error);
            finished.set_value();
        } catch (...) {
            finished.set_exception(std::current_exception());
        }
    });
    wait_for(finished.get_future().share());
}

void Writer::wait_for(const std::shared_future<void>& ended) {
    if (!state_->thread.joinable())
        while (ended.wait_for(0ms) != std::future_status::ready) write_one_group();
    ended.get();
}

bool Writer::write_one_group() {
    if (state_->thread.joinable() || std::exchange(state_->writing, true))
        throw std::logic_error(
            "Writer::write_one_group on a writer that writes by itself, or inside of a unit");
    struct Ended {
        bool& writing;
        ~Ended() { writing = false; }
    } const ended{state_->writing};
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->any_waiting()) return false;
    }
    state_->write_next_group();
    return true;
}

Writers::Writers(Database& database, Writer::Options options)
    : bulk_(database, options),
      urgent_(database.dialect() == Dialect::mysql ? Writer(database, options)
                                                   : Writer(bulk_.state_, Writer::Share::urgent)),
      beside_(database.dialect() == Dialect::mysql ? Writer(database, std::move(options))
                                                   : Writer(bulk_.state_, Writer::Share::bulk)) {}

}  // namespace dakiya::store
