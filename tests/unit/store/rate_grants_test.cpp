#include "store/rate_grants.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

#include "databases.hpp"

using namespace dakiya;
using namespace dakiya::store;
using domain::Micros;
using domain::Pace;

namespace {

void in_transaction(Session& session, const std::function<void()>& work) {
    session.execute("BEGIN");
    work();
    session.execute("COMMIT");
}

}  // namespace

TEST_CASE("a limit's row is made when it is asked for, and keeps what is written") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    in_transaction(session, [&] {
        rate_grants::update(session, db.clock(), "7/send:1098", [](Pace& pace, Micros now) {
            CHECK(pace == Pace{});
            domain::publish(pace, 0.1, now);
            domain::slow_down(pace, now, Millis(5'000));
            CHECK(domain::grant(pace, now, 1, true).count == 0);
        });
    });
    Pace kept;
    rate_grants::update(session, db.clock(), "7/send:1098", [&](Pace& pace, Micros) { kept = pace; });
    CHECK(kept.published == 0.1);
    CHECK(kept.rate == 0.05);
    CHECK(kept.blocked_until > 0);
    rate_grants::update(session, db.clock(), "7/send", [](Pace& pace, Micros) { CHECK(pace == Pace{}); });
}

TEST_CASE("slots of two sessions lie one behind the other") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    const auto first = db.database().connect(), second = db.database().connect();
    Micros free_from = 0;
    for (int i = 0; i < 6; ++i) {
        Session& session = i % 2 == 0 ? *first : *second;
        in_transaction(session, [&] {
            rate_grants::update(session, db.clock(), "7/send", [&](Pace& pace, Micros now) {
                domain::publish(pace, 10, now);
                const auto slots = domain::grant(pace, now, 2, true);
                CHECK(slots.first >= free_from);
                free_from = slots.first + slots.count * slots.every.count() / 1'000;
            });
        });
    }
}

TEST_CASE("the database's time is in microseconds of now") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    const Micros now = rate_grants::now(db.session(), db.clock());
    const std::int64_t ours =
        db.session().dialect() == Dialect::sqlite ? db.clock().now_ms() : SystemClock().now_ms();
    CHECK(std::llabs(now / 1'000 - ours) < 60'000);
}

TEST_CASE("limits that nobody draws on are forgotten") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const auto draw = [&](const std::string& key, Micros at) {
        rate_grants::update(session, db.clock(), key, [at](Pace& pace, Micros) {
            domain::publish(pace, 10, at);
            domain::grant(pace, at, 1, true);
        });
    };
    for (int i = 0; i < 5; ++i) draw("campaign/" + std::to_string(i), 1'000'000);
    draw("7/send", 2'000'000);
    CHECK(rate_grants::forget(session, 2'000'000, 3) == 3);
    CHECK(rate_grants::forget(session, 2'000'000, 3) == 2);
    CHECK(rate_grants::forget(session, 2'000'000, 3) == 0);
    CHECK(session.query("SELECT limit_key FROM rate_grants").at(0).text(0) == "7/send");
}
