#include "store/writer.hpp"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace dakiya::store {

namespace {

using namespace std::chrono_literals;

constexpr int most_attempts = 6;  // waits 20 ms, 40 ms, ... 640 ms between them

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

struct Writer::State {
    Database& database;
    const Options options;
    std::unique_ptr<Session> session;  // of the writer's thread

    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Item> waiting;
    bool ending = false;
    bool writing = false;  // a group, on the caller's thread
    std::thread thread;

    State(Database& db, Options opts) : database(db), options(std::move(opts)) {}

    void loop() {
        for (auto group = next_group(); !group.empty(); group = next_group()) write(group);
    }

    // Everything that waits, up to the limit. Empty when there is nothing left and the end has come.
    std::vector<Item> next_group() {
        std::unique_lock lock(mutex);
        arrived.wait(lock, [this] { return ending || !waiting.empty(); });
        return take_group();
    }

    // Under the lock.
    std::vector<Item> take_group() {
        std::vector<Item> group;
        while (!waiting.empty() && group.size() < options.most_units) {
            group.push_back(std::move(waiting.front()));
            waiting.pop_front();
        }
        return group;
    }

    void write(std::span<Item> group) {
        bool unit_refused = false;
        const std::exception_ptr error = attempt(group, unit_refused);
        if (unit_refused && group.size() > 1) {
            for (Item& item : group) write({&item, 1});
            return;
        }
        for (const Item& item : group) report(item, error);
    }

    // Runs the group in one transaction, again while the database is busy or away. Null: committed.
    std::exception_ptr attempt(std::span<Item> group, bool& unit_refused) {
        auto pause = 20ms;
        for (int left = most_attempts;; --left, pause *= 2) {
            Step step = Step::connecting;
            try {
                commit(group, step);
                return nullptr;
            } catch (const DbError& error) {
                const bool lost = error.kind() == DbError::Kind::lost;
                if (lost) session.reset();
                const bool passing = lost || error.kind() == DbError::Kind::busy;
                // Lost while committing: it may be durable or not, and nobody can say. Running it again
                // could do it twice, so the callers are told.
                const bool unknown = lost && step == Step::committing;
                if (!passing || unknown || left == 1) {
                    unit_refused = !passing && step == Step::running;
                    return std::current_exception();
                }
                spdlog::warn("writer: {}; trying again in {} ms", error.what(), pause.count());
            } catch (...) {
                unit_refused = step == Step::running;
                return std::current_exception();
            }
            if (options.pause)
                options.pause(pause);
            else
                std::this_thread::sleep_for(pause);
        }
    }

    void commit(std::span<Item> group, Step& step) {
        if (!session) session = database.connect();
        Transaction transaction(*session);
        step = Step::running;
        for (const Item& item : group) item.unit(*session);
        step = Step::committing;
        transaction.commit();
    }
};

Writer::Writer(Database& database, Options options)
    : state_(std::make_unique<State>(database, std::move(options))) {
    if (state_->options.most_units == 0)
        throw std::invalid_argument("a writer's group needs at least one unit");
    if (state_->options.own_thread) state_->thread = std::thread([state = state_.get()] { state->loop(); });
}

Writer::~Writer() {
    if (!state_->thread.joinable()) return;
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->arrived.notify_one();
    state_->thread.join();
}

void Writer::submit(Unit unit, Done done) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->waiting.push_back({std::move(unit), std::move(done)});
    }
    state_->arrived.notify_one();
}

void Writer::run(Unit unit) {
    if (std::this_thread::get_id() == state_->thread.get_id())
        throw std::logic_error("Writer::run on the writer's own thread would wait for itself");
    std::promise<void> finished;
    submit(std::move(unit), [&finished](const std::exception_ptr& error) {
        if (error)
            finished.set_exception(error);
        else
            finished.set_value();
    });
    auto result = finished.get_future();
    if (!state_->thread.joinable())
        while (result.wait_for(0ms) != std::future_status::ready) write_one_group();
    result.get();
}

bool Writer::write_one_group() {
    if (state_->thread.joinable() || std::exchange(state_->writing, true))
        throw std::logic_error(
            "Writer::write_one_group on a writer that writes by itself, or inside of a unit");
    struct Ended {
        bool& writing;
        ~Ended() { writing = false; }
    } const ended{state_->writing};
    std::vector<Item> group;
    {
        const std::lock_guard lock(state_->mutex);
        group = state_->take_group();
    }
    if (!group.empty()) state_->write(group);
    return !group.empty();
}

}  // namespace dakiya::store
