// The database goes away in the middle of a commit, or for longer than a lease: what is known is written
// once, by us or by way of the next owner.
#include <numeric>

#include "../store/databases.hpp"
#include "send/late.hpp"
#include "send/queue_item.hpp"
#include "send/runner.hpp"

using namespace dakiya;
using namespace dakiya::send;

namespace {

store::Message message(Id id) {
    store::Message m;
    m.id = id;
    m.tenant = 7;
    m.campaign = 9;
    m.connection = 60;
    m.channel = "sms";
    m.address = "+919800000" + std::to_string(id);
    return m;
}

void end(Flush& flush, Id id, Verdict::How how) {
    Verdict verdict;
    verdict.how = how;
    verdict.cls = domain::Class::content;
    verdict.code = "c";
    verdict.provider_id = how == Verdict::How::sent ? "id-" + std::to_string(id) : "";
    verdict.wait = Millis(1'000);
    Attempt attempt;
    attempt.ended_at = 1'500;
    attempt.deadline_at = 1'000'000;
    flush.add(message(id), verdict, attempt);
}

std::int64_t number(store::Session& session, const std::string& sql) {
    return session.query(sql).at(0).integer(0);
}

// A runner of messages 100 to 104, leased, of a campaign that is sending.
Runner leased(store::Session& session) {
    session.execute(
        "INSERT INTO campaigns (id, tenant_id, name, state, state_text, connection_id, channel, content, "
        "audience, per_second, audience_cursor, materialised, next_chunk, n_recipients, n_skipped, "
        "scheduled_at, created_at, started_at, finished_at, version) "
        "VALUES (9, 7, 'c', 2, '', 60, 'sms', '{}', '{}', 0, 0, 1, 1, 5, 0, 0, 0, 0, 0, 1)");
    store::Chunk chunk;
    chunk.campaign = 9;
    chunk.tenant = 7;
    chunk.first_id = chunk.cursor_id = chunk.intent_id = 100;
    chunk.last_id = 104;
    store::chunks::create(session, chunk);
    Runner runner;
    runner.id = 1;
    runner.chunk = *store::chunks::lease(session, 9, "first", 1'000, 5'000);
    for (Id id = 100; id <= 104; ++id) runner.unmarked.push_back(message(id));
    return runner;
}

// A commit written alone.
void write_commit(store::Session& session, Commit& commit) {
    auto one = std::make_shared<Commit>(std::move(commit));
    write_commits(session, {one});
    commit = std::move(*one);
}

}  // namespace

TEST_CASE("a commit of which nobody knows whether it happened is written once") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    Runner runner = leased(session);
    Commit first = next_commit(runner, 3, 6'000, Steady(Millis(1)));
    write_commit(session, first);
    committed(runner, first);
    REQUIRE(runner.on_the_way == 3);

    end(runner.ready, 100, Verdict::How::sent);
    end(runner.ready, 101, Verdict::How::failed);
    runner.on_the_way -= 2;
    Commit second = next_commit(runner, 2, 7'000, Steady(Millis(2)));
    SECTION("it had happened: what it marked may be sent") {
        write_commit(session, second);
        second.again = true;
        write_commit(session, second);
        CHECK(second.marked);
        committed(runner, second);
        CHECK(runner.on_the_way == 3);
        CHECK(runner.unmarked.empty());
        CHECK(number(session, "SELECT intent_id FROM campaign_chunks") == 105);
    }
    SECTION("it had not: what was known is written, and nothing is marked so late") {
        second.again = true;
        write_commit(session, second);
        CHECK_FALSE(second.marked);
        committed(runner, second);
        CHECK(runner.on_the_way == 1);
        REQUIRE(runner.unmarked.size() == 2);
        CHECK(runner.unmarked.front().id == 103);
        CHECK(number(session, "SELECT intent_id FROM campaign_chunks") == 103);
    }
    SECTION("somebody else has the chunk by now") {
        REQUIRE(store::chunks::lease(session, 9, "second", 60'000, 90'000));
        second.again = true;
        write_commit(session, second);
        CHECK(second.lost);
        return;
    }
    CHECK(number(session, "SELECT n_sent * 10 + n_failed FROM campaign_chunks") == 11);
    CHECK(number(session, "SELECT COUNT(*) FROM outcomes") == 2);
}

TEST_CASE("a chunk that is lost leaves those alone that are written with it") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    Runner lost = leased(session);
    store::Chunk other;
    other.campaign = 9;
    other.tenant = lost.chunk.tenant;
    other.no = lost.chunk.no + 1;
    other.first_id = other.cursor_id = other.intent_id = 200;
    other.last_id = 204;
    store::chunks::create(session, other);
    Runner kept;
    kept.chunk = store::chunks::lease(session, 9, "other", 2'000, 60'000).value();
    REQUIRE(store::chunks::lease(session, 9, "second", 10'000, 90'000));  // the first chunk

    end(lost.ready, 100, Verdict::How::sent);
    end(kept.ready, 200, Verdict::How::sent);
    auto one = std::make_shared<Commit>(next_commit(lost, 0, 6'000, Steady(Millis(1))));
    auto two = std::make_shared<Commit>(next_commit(kept, 0, 70'000, Steady(Millis(1))));
    write_commits(session, {one, two});
    CHECK(one->lost);
    CHECK_FALSE(two->lost);
    CHECK(number(session, "SELECT SUM(n_sent) FROM campaign_chunks") == 1);
    CHECK(number(session, "SELECT MIN(message_id) FROM outcomes") == 200);
}

TEST_CASE("the last commit of a chunk is written once, too") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    Runner runner = leased(session);
    runner.unmarked.clear();
    for (Id id = 100; id <= 104; ++id) end(runner.ready, id, Verdict::How::sent);
    Commit last = next_commit(runner, 0, 6'000, Steady(Millis(1)));
    REQUIRE(last.last);
    write_commit(session, last);
    last.again = true;
    write_commit(session, last);
    CHECK(number(session, "SELECT n_sent FROM campaign_chunks WHERE done = 1") == 5);
}

TEST_CASE("what a lost owner knows goes to the messages that are uncertain for the next one") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    Flush theirs;
    end(theirs, 100, Verdict::How::uncertain);
    end(theirs, 102, Verdict::How::sent);
    theirs.write(session, 9);
    Flush queued;
    end(queued, 104, Verdict::How::again);
    store::queue::insert(session, queued.deferred);

    Flush ours;
    end(ours, 100, Verdict::How::sent);       // uncertain for them
    end(ours, 101, Verdict::How::failed);     // they have not written it yet
    end(ours, 102, Verdict::How::failed);     // settled
    end(ours, 103, Verdict::How::again);      // refused, to be tried again
    end(ours, 104, Verdict::How::again);      // in the queue
    end(ours, 105, Verdict::How::uncertain);  // nothing is known
    const auto told = [&] {
        std::map<std::string, std::string> events;
        for (const store::Row& row : session.query("SELECT event FROM pending_events")) {
            const Json event = Json::parse(row.text(0));
            events[event.at("ref").text()] = event.at("status").text();
        }
        return events;
    };
    SECTION("nobody sends again") {
        hand_on(session, ours, 60, false, 2'000);
        CHECK(told() == std::map<std::string, std::string>{{format_id(prefix::message, 100), "sent"},
                                                           {format_id(prefix::message, 101), "failed"},
                                                           {format_id(prefix::message, 103), "failed"}});
        // That one is tried again, and was to be.
        CHECK(number(session, "SELECT COUNT(*) FROM pending_events WHERE event LIKE '%\"again\"%'") == 1);
    }
    SECTION("the next owner sends again with the same key: only what was taken is news") {
        hand_on(session, ours, 60, true, 2'000);
        CHECK(told() == std::map<std::string, std::string>{{format_id(prefix::message, 100), "sent"}});
    }
}

TEST_CASE("what a lost owner had not begun, or was refused, is to go on in its lane") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    QueueItem item;
    item.message = message(100);
    item.message.campaign = 0;
    item.row.message = 100;
    item.row.tenant = 7;
    item.row.connection = 60;
    item.row.lane = store::Lane::otp;
    item.row.attempts = 3;
    item.row.deadline_at = 90'000;
    item.row.owner = "lost";
    item.begun_at = item.ended_at = 1'500;
    item.verdict.how = Verdict::How::again;
    item.verdict.wait = Millis(500);
    item.verdict.untried = GENERATE(false, true);
    item.end = GENERATE(QueueItem::End::attempted, QueueItem::End::put_back, QueueItem::End::skipped);
    item.due_at = item.end == QueueItem::End::put_back ? 2'000 : 0;
    const auto taken_over = [&] {
        Flush theirs;
        theirs.add(item.message, lost_owner(), Attempt{});
        theirs.write(session, 0);
    };
    const auto told = [&] { return number(session, "SELECT COUNT(*) FROM pending_events"); };
    const bool counted = item.end == QueueItem::End::attempted && !item.verdict.untried;
    SECTION("when somebody else took it over") {
        taken_over();
        write_ended(session, {item}, 3'000);
        REQUIRE(told() == 1);
        const Json event = Json::parse(session.query("SELECT event FROM pending_events").at(0).text(0));
        CHECK(event.at("again").at("lane").integer() == 0);
        CHECK(event.at("again").at("attempts").integer() == 3);
        CHECK(event.at("again").at("deadline_at").integer() == 90'000);
        CHECK(event.at("again").at("due_at").integer() ==
              (item.end == QueueItem::End::skipped ? 1'500 : 2'000));
    }
    SECTION("but not when an earlier copy may have arrived") {
        item.row.in_doubt = true;
        taken_over();
        write_ended(session, {item}, 3'000);
        CHECK(told() == 0);
    }
    SECTION("nor when our own row may have been somebody else's attempt since, under the same number") {
        item.perhaps_written = true;
        taken_over();
        write_ended(session, {item}, 3'000);
        CHECK(told() == (counted ? 1 : 0));
    }
    SECTION("nor when it was never stored") {
        if (item.end == QueueItem::End::attempted) return;
        write_ended(session, {item}, 3'000);
        CHECK(told() == 0);
    }
}

TEST_CASE("what a lost owner knows to be sent is not taken to be sent again") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    std::vector<store::Queued> rows;
    for (const Id id : {100, 101, 102, 103}) {
        store::Queued row;
        row.message = id;
        row.tenant = id == 102 ? 8 : 7;
        row.lane = store::Lane::campaign;
        row.attempts = id == 103 ? 0 : 1;
        row.in_doubt = row.attempts > 0;
        rows.push_back(row);
    }
    store::queue::insert(session, rows);
    Flush known;
    end(known, 100, Verdict::How::sent);
    end(known, 101, Verdict::How::failed);  // and a copy of the next owner's may be sent
    end(known, 102, Verdict::How::sent);    // another tenant's word
    end(known, 103, Verdict::How::sent);    // nothing of the row has left: another message's word, if any
    hand_on(session, known, 60, true, 2'000);

    std::set<Id> taken;
    for (const store::Queued& row :
         store::queue::take(session, store::Lane::campaign, "one", 3'000, 9'000, 10))
        taken.insert(row.message);
    CHECK(taken == std::set<Id>{101, 102, 103});
}

// Whether a quota holds the campaign or its window has closed: what a dead server left must not wait for
// tomorrow.
TEST_CASE("a chunk whose owner left messages in doubt is taken whether or not it is time to send more") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    using store::chunks::Lease;
    Runner runner = leased(session);
    const auto take = [&](Lease which) {
        return store::chunks::lease(session, 9, "next", 7'000, 9'000, which);
    };
    SECTION("nothing was marked") {
        CHECK_FALSE(store::chunks::any_free(session, 9, 7'000, Lease::abandoned));
        CHECK_FALSE(take(Lease::abandoned));
        CHECK_FALSE(store::chunks::any_free(session, 9, 5'000, Lease::left, {}));  // its owner may live
        CHECK(store::chunks::any_free(session, 9, 7'000, Lease::left));
        if (GENERATE(true, false)) {
            CHECK(take(Lease::left));
            return;
        }
        session.execute("UPDATE campaign_chunks SET closes_at = 6500");
        CHECK_FALSE(take(Lease::open));
    }
    SECTION("it is our own, or not, however many chunks we work on") {
        Commit marks = next_commit(runner, 2, 6'000, Steady(Millis(1)));
        write_commit(session, marks);
        std::vector<int> ours(GENERATE(1, 2, 3, 5, 8));
        std::iota(ours.begin(), ours.end(), runner.chunk.no + 1);
        CHECK(store::chunks::any_free(session, 9, 7'000, Lease::left, ours));
        ours.back() = runner.chunk.no;
        CHECK_FALSE(store::chunks::any_free(session, 9, 7'000, Lease::left, ours));
        CHECK_FALSE(store::chunks::lease(session, 9, "next", 7'000, 9'000, Lease::open, ours));
        ours.pop_back();
        CHECK(store::chunks::lease(session, 9, "next", 7'000, 9'000, Lease::open, ours));
    }
    SECTION("two were") {
        Commit marks = next_commit(runner, 2, 6'000, Steady(Millis(1)));
        write_commit(session, marks);
        CHECK_FALSE(store::chunks::any_free(session, 9, 5'000,
                                            Lease::abandoned));  // its owner may live
        CHECK(store::chunks::any_free(session, 9, 7'000, Lease::abandoned));
        session.execute("UPDATE campaign_chunks SET closes_at = 6500");
        const auto taken = take(GENERATE(Lease::abandoned, Lease::open));
        REQUIRE(taken);
        CHECK(taken->cursor_id == 100);
        CHECK(taken->intent_id == 102);
    }
}
