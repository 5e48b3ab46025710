// Writes to a database. Units that arrive together share one transaction, so a durable write costs a share
// of a sync, not a sync (docs/design.md 8).
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <memory>

#include "base/clock.hpp"

#include "store/db.hpp"

namespace dakiya::store {

// The connection was lost while a group was being committed: it may be durable or not, and nobody can say.
class CommitUnknown : public DbError {
public:
    explicit CommitUnknown(const std::string& text) : DbError(Kind::lost, text) {}
};

class Writer {
public:
    // What to write. Runs on the writer's thread inside a transaction that it does not see; may run more
    // than once (a group that fails is rolled back and its units are run again one by one), so it must
    // set its results, never add to them. Throwing rolls its own work back and nobody else's.
    using Unit = std::function<void(Session&)>;
    // Called on the writer's thread after the commit, or with what went wrong (CommitUnknown among others).
    // Must not block.
    using Done = std::function<void(std::exception_ptr)>;

    struct Options {
        std::size_t most_units = 500;  // in one transaction
        // False: no thread of its own. Whoever calls run() or write_one_group() writes, one thread at a time,
        // and what was not written by the end is dropped (tests/simulate).
        bool own_thread = true;
        std::function<void(Millis)> pause = {};  // between two tries; null: sleeps
    };

    Writer(Database& database, Options options);
    explicit Writer(Database& database) : Writer(database, Options{}) {}
    ~Writer();  // writes what was submitted, then ends; without a thread it drops it
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // [any thread]
    void submit(Unit unit, Done done);
    // [any thread but the writer's] Returns when it is durable, and `done` has run; throws what the unit
    // threw.
    void run(Unit unit, Done done = {});
    // [any thread but the writer's] Waits for what a submitted unit's `done` ends; throws what it holds.
    void wait_for(const std::shared_future<void>& ended);
    // [without own_thread] Writes what waits, up to the limit of a group. False when nothing did.
    bool write_one_group();

private:
    friend class Writers;
    enum class Share : std::size_t { urgent, bulk };
    struct State;
    Writer(std::shared_ptr<State> state, Share share);

    std::shared_ptr<State> state_;
    const Share share_;
};

// What a server writes with, in three shares: what a person or a provider waits for (a message that the API
// takes, its mark and outcome, a webhook before its answer), the chunks of campaigns with their marks and
// outcomes, and what goes on beside these (pages of the audience, events, imports, housekeeping).
//
// On MySQL each share has a session of its own: what a campaign's pace hangs on, its marks, does not wait for
// its next pages, and the database brings their syncs together. SQLite lets one writer in, so all share a
// thread: urgent units go first, and join the transaction that is under way. Others that come with them have
// a few milliseconds in each transaction, so neither starves.
class Writers {
public:
    explicit Writers(Database& database, Writer::Options options = {});

    Writer& urgent() { return urgent_; }
    Writer& bulk() { return bulk_; }
    Writer& beside() { return beside_; }

private:
    Writer bulk_;
    Writer urgent_;
    Writer beside_;
};

}  // namespace dakiya::store
