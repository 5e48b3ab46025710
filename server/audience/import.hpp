// Customer files on their way in: the API stores the file and a row in `imports`, this engine works it off
// in pages of one transaction each, with the position, so a crash repeats one page without harm (people
// are upserted by phone). Unfinished imports go on at the next start.
#pragma once

#include <string>

#include "audience/csv.hpp"
#include "base/clock.hpp"
#include "base/rounds.hpp"
#include "store/db.hpp"
#include "store/imports.hpp"
#include "store/writer.hpp"

namespace dakiya::audience {

class Imports {
public:
    struct Options {
        CsvLimits csv;
        std::size_t page = 1'000;             // rows in one transaction
        std::int64_t most_rows = 10'000'000;  // of one file
    };

    Imports(store::Database& database, store::Writer& writer, const Clock& clock, Options options);
    Imports(store::Database& database, store::Writer& writer, const Clock& clock)
        : Imports(database, writer, clock, Options{}) {}

    void start() { rounds_.start(); }
    void stop() { rounds_.stop(); }  // after the current page; the rest goes on at the next start
    Bell& bell() { return bell_; }   // an import was added

    // Works off every unfinished import, oldest first; what start() does in its thread. Throws
    // store::DbError when the database is in trouble.
    void run_all();

private:
    void run(const store::Import& row);
    void fail(store::Import row, const std::string& text);

    store::Database& database_;
    store::Writer& writer_;
    const Clock& clock_;
    const Options options_;
    Bell bell_;
    Rounds rounds_;
};

}  // namespace dakiya::audience
