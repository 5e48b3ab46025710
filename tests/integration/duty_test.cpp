// Work that one server does at a time: who has it, who takes it over and when.
#include "send/duty.hpp"

#include <catch2/catch.hpp>

#include "databases.hpp"

using namespace dakiya;

namespace {

constexpr Millis lease{5'000};

// One server's engine, whose rounds a test calls.
struct Engine {
    Engine(store::TestDatabase& db, const std::string& node)
        : duty("materialise", {db.database(), db.writer(), db.clock(), {node, lease}}, bell,
               {[this](store::Session&, std::int64_t) { return work; },
                [this] {
                    ++rounds;
                    return false;
                }}) {}

    // Whether its round did something.
    bool works() {
        const int before = rounds;
        duty.round();
        return rounds > before;
    }

    Bell bell;
    bool work = true;
    int rounds = 0;
    send::Duty duty;
};

}  // namespace

TEST_CASE("one server works, the other one waits, and takes over when the lease of a dead one is over") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    Engine second(db, "two");
    {
        Engine first(db, "one");
        REQUIRE(first.works());
        for (int i = 0; i < 4; ++i) {  // renewed while it works
            CHECK_FALSE(second.works());
            db.clock().advance(Millis(2'000));
            CHECK(first.works());
        }
    }  // dead: nothing is said
    db.clock().advance(lease - Millis(100));
    CHECK_FALSE(second.works());
    db.clock().advance(Millis(200));
    CHECK(second.works());
}

TEST_CASE("a server that stops in order gives its role back at once") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    Engine first(db, "one"), second(db, "two");
    REQUIRE(first.works());
    CHECK_FALSE(second.works());
    first.duty.stop();
    CHECK(second.works());
}

TEST_CASE("who slept through the lease does not go on, and what carries its fence is not written") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    Engine first(db, "one"), second(db, "two");
    REQUIRE(first.works());
    const store::Lease fence = first.duty.fence();
    const auto holds = [&] {
        bool held = false;
        db.writer().run([&](store::Session& session) { held = store::leases::holds(session, fence); });
        return held;
    };
    CHECK(holds());
    db.clock().advance(lease + Millis(1));
    REQUIRE(second.works());
    CHECK_FALSE(holds());
    CHECK_FALSE(first.duty.hold());
    CHECK_FALSE(first.works());
    // And when nobody took it meanwhile, it goes on as before.
    db.clock().advance(lease + Millis(1));
    CHECK(second.works());
}

TEST_CASE("without work nobody takes the role, and nothing is written") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    Engine first(db, "one"), second(db, "two");
    first.work = false;
    CHECK_FALSE(first.works());
    CHECK(db.session().query("SELECT name FROM leases").empty());
    CHECK(second.works());
}
