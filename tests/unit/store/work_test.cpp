// The tables that engines work from: webhooks, pending events, idempotency marks, leases.
#include "databases.hpp"
#include "store/idempotency.hpp"
#include "store/leases.hpp"
#include "store/pending_events.hpp"
#include "store/webhooks.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

constexpr Scope ours{7}, theirs{8};

Webhook webhook(Id id, std::string hash, std::string body = "{}", Scope scope = ours) {
    Webhook w;
    w.id = id;
    w.tenant = scope.tenant;
    w.connection = 3;
    w.hash = std::move(hash);
    w.method = "POST";
    w.url = "https://example.com/webhooks/meta/con_3";
    w.headers = "[]";
    w.body = std::move(body);
    w.due_at = w.received_at = 100;
    return w;
}

}  // namespace

TEST_CASE("a webhook is stored once, with a body of any length") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    std::string body;
    for (int i = 0; i < 200'000; ++i) body.push_back(static_cast<char>(i % 251));
    body.resize(GENERATE(0, 1, 59'999, 60'000, 60'001, 120'000, 120'001, 200'000));

    CHECK(webhooks::insert(session, webhook(1, "h1", body)));
    CHECK_FALSE(webhooks::insert(session, webhook(2, "h1", "another body")));
    CHECK(webhooks::find(session, ours, 1)->body == body);
    CHECK_FALSE(webhooks::find(session, ours, 2));
    CHECK_FALSE(webhooks::find(session, theirs, 1));
    const auto taken = webhooks::take(session, 100, 200, 10);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].body == body);
}

TEST_CASE("many webhooks at once: long ones in parts, each request once") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    webhooks::insert(session, webhook(1, "h1"));
    const std::string long_body(130'000, 'x');
    std::vector<Webhook> many{webhook(2, "h1"), webhook(3, "h3", long_body), webhook(4, "h4"),
                              webhook(5, "h4")};
    for (Id id = 10; id < 90; ++id)  // more than a statement takes
        many.push_back(webhook(id, "h" + std::to_string(id), std::string(50'000, 'y')));
    webhooks::insert(session, many);
    webhooks::insert(session, many);
    CHECK_FALSE(webhooks::find(session, ours, 2));
    CHECK(webhooks::find(session, ours, 3)->body == long_body);
    CHECK(webhooks::find(session, ours, 89)->body.size() == 50'000);
    CHECK_FALSE(webhooks::find(session, ours, 5));
    CHECK(webhooks::take(session, 100, 200, 200).size() == 83);  // 1, 3, 4 and eighty
}

TEST_CASE("webhooks are taken when they are due, by one at a time") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    webhooks::insert(session, webhook(1, "h1"));
    webhooks::insert(session, webhook(2, "h2", "{}", theirs));
    const auto finish = [&session](Id id) { webhooks::finish(session, std::vector<Id>{id}); };
    CHECK(webhooks::take(session, 99, 200, 10).empty());
    const auto first = webhooks::take(session, 100, 200, 1);
    REQUIRE(first.size() == 1);
    CHECK(first[0].id == 1);
    CHECK(first[0].attempts == 1);
    CHECK(webhooks::take(session, 100, 200, 10).at(0).id == 2);
    CHECK(webhooks::take(session, 199, 300, 10).empty());

    SECTION("what nobody finished comes again") {
        CHECK(webhooks::take(session, 200, 300, 10).at(0).attempts == 2);
    }
    SECTION("what is done does not") {
        finish(first[0].id);
        CHECK(webhooks::take(session, 1'000, 1'100, 10).size() == 1);
        CHECK(webhooks::find(session, ours, 1)->state == "done");
    }
    SECTION("a fault is tried again at its time") {
        webhooks::fault(session, first[0], "The plugin threw.", 5'000);
        CHECK(webhooks::take(session, 4'999, 9'000, 10).size() == 1);  // the other one
        CHECK(webhooks::take(session, 5'000, 9'000, 10).at(0).error == "The plugin threw.");
    }
    SECTION("or kept for people") {
        webhooks::fault(session, first[0], "Not JSON.", 0);
        finish(2);
        CHECK(webhooks::take(session, 9'000, 9'100, 10).empty());
        CHECK(webhooks::find(session, ours, 1)->state == "fault");
        CHECK(webhooks::find(session, ours, 1)->error == "Not JSON.");
        CHECK_FALSE(webhooks::find(session, theirs, 1));
    }
    SECTION("old done ones are forgotten with all their parts") {
        webhooks::insert(session, webhook(5, "h5", std::string(130'000, 'x')));
        finish(webhooks::take(session, 150, 200, 1).at(0).id);
        finish(first[0].id);
        CHECK(webhooks::forget(session, 200, 10) == 0);
        CHECK(webhooks::forget(session, 201, 1) == 1);
        CHECK(webhooks::forget(session, 201, 10) == 1);
        CHECK(session.query("SELECT COUNT(*) FROM webhook_parts").at(0).integer(0) == 0);
        CHECK(webhooks::find(session, theirs, 2));
    }
}

TEST_CASE("pending events are taken when they are due, and tried again or removed") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const std::vector<PendingEvent> events{
        {0, 7, 3, R"({"kind":"read"})", 100, 0, 90}, {0, 8, 4, "{}", 50, 0, 90}, {0, 7, 3, "{}", 500, 0, 90}};
    pending_events::insert(session, events);
    auto taken = pending_events::take(session, 100, 300, 10);
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].tenant == 8);
    CHECK(taken[1].event == R"({"kind":"read"})");
    CHECK(pending_events::take(session, 299, 400, 10).empty());

    taken[1].due_at = 350;
    taken[1].attempts = 1;
    pending_events::reschedule(session, taken[1]);
    pending_events::remove(session, std::vector<Id>{taken[0].id});
    CHECK(pending_events::take(session, 349, 400, 10).empty());
    const auto again = pending_events::take(session, 350, 400, 10);
    REQUIRE(again.size() == 1);
    CHECK(again[0].attempts == 1);
}

TEST_CASE("an idempotent request runs once and is answered again") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    using State = Idempotent::State;
    const auto begin = [&](const char* key, const char* hash, std::int64_t now = 1'000, Scope scope = ours) {
        return idempotency::begin(session, scope, key, hash, now, now - 500);
    };
    CHECK(begin("k", "h").state == State::started);
    CHECK(begin("k", "h").state == State::in_progress);
    CHECK(begin("k", "other").state == State::mismatch);
    CHECK(begin("k", "h", 1'000, theirs).state == State::started);
    CHECK(begin("K", "h").state == State::started);

    SECTION("the answer is kept") {
        CHECK_FALSE(idempotency::finish(session, ours, "k", "other", 200, "x"));
        CHECK(idempotency::finish(session, ours, "k", "h", 202, R"({"id":"msg_1"})"));
        CHECK_FALSE(idempotency::finish(session, ours, "k", "h", 500, "late"));
        const Idempotent again = begin("k", "h");
        CHECK(again.state == State::replay);
        CHECK(again.status == 202);
        CHECK(again.body == R"({"id":"msg_1"})");
        CHECK(begin("k", "other").state == State::mismatch);
        idempotency::abandon(session, ours, "k", "h");
        CHECK(begin("k", "h").state == State::replay);
    }
    SECTION("an abandoned mark is free at once") {
        idempotency::abandon(session, ours, "k", "h");
        CHECK(begin("k", "h").state == State::started);
    }
    SECTION("a mark whose server died is taken over") {
        CHECK(begin("k", "h", 1'500).state == State::in_progress);
        CHECK(begin("k", "h", 1'501).state == State::started);
        CHECK(begin("k", "h", 1'502).state == State::in_progress);
    }
    SECTION("old ones are forgotten") {
        CHECK(idempotency::forget(session, 1'000, 10) == 0);
        CHECK(idempotency::forget(session, 1'001, 2) == 2);
        CHECK(idempotency::forget(session, 1'001, 10) == 1);
        CHECK(begin("k", "h").state == State::started);
    }
}

TEST_CASE("a lease has one owner at a time") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const auto acquire = [&](const char* owner, std::int64_t now) {
        return leases::acquire(session, "sync:1", owner, now, now + 100);
    };
    auto first = acquire("a", 1'000);
    REQUIRE(first);
    CHECK(first->until_ms == 1'100);
    CHECK_FALSE(acquire("b", 1'099));
    CHECK(leases::acquire(session, "sync:2", "b", 1'000, 1'100));

    SECTION("it ends by the clock, and the fence rises") {
        const auto second = acquire("b", 1'100);
        REQUIRE(second);
        CHECK(second->fence > first->fence);
        CHECK_FALSE(leases::holds(session, *first));
        CHECK(leases::holds(session, *second));
        CHECK_FALSE(leases::renew(session, *first, 5'000));
        leases::release(session, *first);
        CHECK(leases::holds(session, *second));
    }
    SECTION("its owner may renew it") {
        CHECK(leases::renew(session, *first, 2'000));
        CHECK(leases::renew(session, *first, 2'000));
        CHECK(first->until_ms == 2'000);
        CHECK_FALSE(acquire("b", 1'999));
    }
    SECTION("and give it back") {
        leases::release(session, *first);
        CHECK_FALSE(leases::holds(session, *first));
        CHECK(acquire("b", 1'001));
    }
    SECTION("the same owner gets it anew, with another fence") {
        const auto again = acquire("a", 1'001);
        REQUIRE(again);
        CHECK(again->fence > first->fence);
        CHECK_FALSE(leases::holds(session, *first));
    }
}
