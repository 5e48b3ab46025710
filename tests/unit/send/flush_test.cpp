// What the end of an attempt writes.
#include "send/flush.hpp"

#include "../store/databases.hpp"

using namespace dakiya;
using namespace dakiya::send;
using How = Verdict::How;

namespace {

store::Message message(Id id, Id campaign = 9) {
    store::Message m;
    m.id = id;
    m.tenant = 7;
    m.campaign = campaign;
    m.connection = 60;
    m.channel = "sms";
    m.address = "+9198000000" + std::to_string(id);
    return m;
}

Verdict verdict(How how, domain::Class cls = domain::Class::other, std::string code = "c") {
    Verdict v;
    v.how = how;
    v.cls = cls;
    v.code = std::move(code);
    v.text = "said so";
    return v;
}

Attempt attempt() {
    Attempt a;
    a.number = 2;
    a.sent_at = 1'000;
    a.ended_at = 1'500;
    a.deadline_at = 10'000;
    a.settle_after_s = 5;
    return a;
}

}  // namespace

TEST_CASE("a retry goes to the queue of its lane, unless its time is after the deadline") {
    const auto [campaign, lane] =
        GENERATE(values<std::pair<Id, store::Lane>>({{9, store::Lane::campaign}, {0, store::Lane::single}}));
    Flush flush;
    Verdict again = verdict(How::again, domain::Class::throttled);
    again.wait = Millis(8'499);
    CHECK(flush.add(message(1, campaign), again, attempt()));
    REQUIRE(flush.deferred.size() == 1);
    CHECK(flush.deferred[0].lane == lane);
    CHECK(flush.deferred[0].due_at == 9'999);
    CHECK(flush.deferred[0].attempts == 2);
    CHECK(flush.totals.deferred == 1);
    again.wait = Millis(8'500);
    CHECK_FALSE(flush.add(message(2, campaign), again, attempt()));
    REQUIRE(flush.outcomes.size() == 1);
    CHECK(flush.outcomes[0].state == domain::State::failed);
    CHECK(flush.outcomes[0].cls == "throttled");
    CHECK(flush.totals.failed == 1);
}

TEST_CASE("everything that a flush holds is in the store afterwards") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    Flush flush;
    Verdict sent = verdict(How::sent);
    sent.provider_id = std::string(400, 'i');
    sent.parts = 1'000'000;
    flush.add(message(1), sent, attempt());
    Verdict failed = verdict(How::failed, domain::Class::opted_out, std::string(300, 'c'));
    failed.text = std::string(2'000, 't');
    flush.add(message(2), failed, attempt());
    flush.add(message(3), verdict(How::uncertain), attempt());
    flush.add_skipped(message(4), "suppressed", 1'500);
    flush.add_cancelled(message(5), 1'500);
    flush.add_event(message(1), Json{{"kind", "inbound"}, {"after_ms", 250}}, 1'500);
    CHECK(flush.size() == 5);
    flush.write(session, 9);

    const std::vector<Id> ids{1, 2, 3, 4, 5};
    const auto outcomes = store::outcomes::by_messages(session, ids);
    REQUIRE(outcomes.size() == 5);
    CHECK(outcomes[0].provider_id.size() == 190);
    CHECK(outcomes[0].parts == 32'767);
    CHECK(outcomes[0].cls.empty());
    CHECK(outcomes[1].code.size() == 64);
    CHECK(outcomes[1].text.size() == 500);
    CHECK(outcomes[3].attempts == 0);
    CHECK(outcomes[4].state == domain::State::cancelled);
    CHECK(store::unsettled::any_due(session, 6'500));
    CHECK_FALSE(store::unsettled::any_due(session, 6'499));
    CHECK(store::suppressions::find(session, {7}, "sms", message(2).address));
    CHECK_FALSE(store::suppressions::find(session, {8}, "sms", message(2).address));
    CHECK(session.query("SELECT COUNT(*) FROM campaign_reasons").at(0).integer(0) == 2);

    CHECK(store::pending_events::take(session, 1'749, 9'000, 10).empty());
    const auto events = store::pending_events::take(session, 1'750, 9'000, 10);
    REQUIRE(events.size() == 1);
    const Json event = Json::parse(events[0].event);
    CHECK(event["ref"].text() == format_id(prefix::message, 1));
    CHECK(event["channel"].text() == "sms");
}
