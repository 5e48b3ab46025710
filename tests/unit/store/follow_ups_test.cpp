// Messages that follow each other because the first did not reach its person.
#include "store/follow_ups.hpp"
#include "databases.hpp"

using namespace dakiya;
using namespace dakiya::store;
using domain::State;

namespace {

Message message(Id id, Id after = 0) {
    Message m;
    m.id = id;
    m.tenant = 7;
    m.campaign = id / 100;
    m.channel = "sms";
    m.address = "+919800000000";
    m.params = "{}";
    m.after = after;
    return m;
}

Outcome outcome(Id id, State state) {
    Outcome o;
    o.message = id;
    o.tenant = 7;
    o.state = state;
    return o;
}

}  // namespace

TEST_CASE("a message is followed once") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const std::vector<Message> first{message(101), message(102)}, second{message(201, 101), message(202)};
    messages::insert(session, first);
    messages::insert(session, second);
    CHECK(messages::find(session, Scope{7}, 201)->message.after == 101);
    CHECK(messages::unattempted(session, 201, 201).at(0).message.after == 101);
    follow_ups::add(session, second);
    const std::vector<Id> asked{101, 102, 201};
    CHECK(follow_ups::next_of(session, asked) == std::map<Id, Id>{{101, 201}});
    const std::vector<Message> again{message(301, 101)};
    CHECK_THROWS_AS(follow_ups::add(session, again), DbError);
}

TEST_CASE("whoever was reached anywhere before in the chain is reached") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const std::vector<Message> all{message(101), message(201, 101), message(301, 201), message(302)};
    messages::insert(session, all);
    const auto state =
        GENERATE(State::sent, State::delivered, State::read, State::failed, State::uncertain, State::skipped);
    const std::vector<Outcome> outcomes{outcome(101, state), outcome(201, State::failed)};
    outcomes::append(session, outcomes);
    const bool reached = state == State::sent || state == State::delivered || state == State::read;
    using domain::Follows;
    using Found = std::map<Id, std::string_view>;
    const auto found = follow_ups::overtaken(session, all, Follows::retry);
    CHECK(found == (reached ? Found{{201, "reached_before"}, {301, "reached_before"}} : Found{}));
    CHECK(follow_ups::overtaken(session, {}, Follows::retry).empty());
}

TEST_CASE("a step of a route goes although an earlier one was silent, not when it was delivered") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    using domain::Follows;
    using Found = std::map<Id, std::string_view>;
    const std::vector<Message> all{message(101), message(201, 101), message(301, 201)};
    messages::insert(session, all);
    const std::vector<Outcome> outcomes{outcome(101, State::sent), outcome(201, State::failed)};
    outcomes::append(session, outcomes);
    CHECK(follow_ups::overtaken(session, all, Follows::silence).empty());
    CHECK(follow_ups::overtaken(session, all, Follows::failure) == Found{{201, "reached_before"}});
    const std::vector<Id> first{101};
    outcomes::move(session, first, State::sent, State::delivered, 5);
    const Found both{{201, "delivered_before"}, {301, "delivered_before"}};
    CHECK(follow_ups::overtaken(session, all, Follows::silence) == both);
    CHECK(follow_ups::overtaken(session, all, Follows::failure) == both);
}
