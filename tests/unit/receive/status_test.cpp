// Status events: whatever their order and however often they come, the same messages and the same counters.
#include <random>

#include "world.hpp"

using namespace dakiya;
using namespace dakiya::receive;
using Counts = std::map<State, std::int64_t>;

TEST_CASE("any order and any repetition of the same events ends the same") {
    World world(GENERATE_REF(from_range(store::dialects())));
    std::mt19937 random(20'261'120);
    for (Id id = 1; id <= 20; ++id) {
        world.add(id, State::sent, "p" + std::to_string(id));
        std::vector<Json> events{status("sent", id), status("delivered", id), status("read", id),
                                 failure(id, "recipient", "1")};
        for (std::size_t i = 0; i < 4; ++i) events.push_back(events[i]);
        std::shuffle(events.begin(), events.end(), random);
        // Some of them in one batch, some alone.
        const auto cut = static_cast<std::ptrdiff_t>(random() % events.size());
        CHECK(world.give({events.begin(), events.begin() + cut}).unmatched.empty());
        for (auto it = events.begin() + cut; it != events.end(); ++it) world.give({*it});
        CHECK(world.state(id) == State::read);
        CHECK(world.view(id).outcome->code.empty());
        CHECK(world.events(id) == 4);
    }
    CHECK(world.deltas() == Counts{{State::sent, -20}, {State::read, 20}});
    CHECK(world.number("SELECT COALESCE(SUM(n), 0) FROM campaign_reasons") == 0);
}

TEST_CASE("a failure keeps its reason, and is counted under it") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "p1");
    world.add(2, State::sent, "p2");
    world.give({failure(1, "recipient", "131026"), failure(2, "lunar", std::string(90, 'c'))});
    CHECK(world.state(1) == State::failed);
    CHECK(world.view(1).outcome->cls == "recipient");
    CHECK(world.view(1).outcome->code == "131026");
    CHECK(world.view(2).outcome->cls == "other");
    CHECK(world.view(2).outcome->code.size() == 64);
    CHECK(world.number("SELECT n FROM campaign_reasons WHERE reason = 'recipient:131026'") == 1);
    CHECK(world.number("SELECT COUNT(*) FROM campaign_reasons") == 2);  // the longer one is cut to fit
    CHECK(world.deltas() == Counts{{State::sent, -2}, {State::failed, 2}});

    SECTION("a delivery after it takes reason and count back") {
        world.give({status("delivered", 1)});
        CHECK(world.state(1) == State::delivered);
        CHECK(world.view(1).outcome->cls.empty());
        CHECK(world.number("SELECT n FROM campaign_reasons WHERE reason = 'recipient:131026'") == 0);
    }
    SECTION("what opts a person out is heard") {
        world.add(3, State::sent, "p3", "+919800000003");
        world.give({failure(3, "opted_out", "131050")});
        CHECK(world.suppressed("+919800000003"));
        CHECK_FALSE(world.suppressed("+919800000001"));
    }
}

TEST_CASE("real news settles an uncertain message") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const auto [word, expected] = GENERATE(values<std::pair<std::string, State>>(
        {{"sent", State::sent}, {"delivered", State::delivered}, {"failed", State::failed}}));
    world.add(1, State::uncertain);
    world.give({status(word, 1, Json{{"id", "late-id"}})});
    CHECK(world.state(1) == expected);
    CHECK(world.view(1).outcome->provider_id == "late-id");
    CHECK(world.deltas() == Counts{{State::uncertain, -1}, {expected, 1}});
    CHECK(world.give({status("read", 0, Json{{"id", "late-id"}})}).unmatched.empty());
    CHECK(world.state(1) == State::read);
}

TEST_CASE("a provider's id that a batch shares is told apart by the address") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "batch", "+919800000001");
    world.add(2, State::sent, "batch", "+919800000002");
    const auto applied =
        world.give({status("delivered", 0, Json{{"id", "batch"}, {"address", "+919800000002"}}),
                    status("delivered", 0, Json{{"id", "batch"}, {"address", "+919800000009"}}),
                    status("delivered", 0, Json{{"id", "batch"}})});
    CHECK(world.state(1) == State::sent);
    CHECK(world.state(2) == State::delivered);
    CHECK(applied.unmatched == std::vector<std::size_t>{1, 2});
}

TEST_CASE("a batch whose answer was lost is settled by the addresses") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const auto report = [](const std::string& address) {
        return status("delivered", 0, Json{{"id", "request"}, {"id_of_batch", true}, {"address", address}});
    };
    world.add(1, State::uncertain, "", "+919800000001");
    world.add(2, State::uncertain, "", "+919800000002");
    SECTION("one after the other") {
        CHECK(world.give({report("+919800000001")}).unmatched.empty());
        CHECK(world.state(2) == State::uncertain);  // though the id is known now, it is another person's
        CHECK(world.give({report("+919800000002")}).unmatched.empty());
    }
    SECTION("together, and twice") {
        const auto first = report("+919800000001"), second = report("+919800000002");
        CHECK(world.give({first, second, second, first}).unmatched.empty());
    }
    CHECK(world.state(1) == State::delivered);
    CHECK(world.state(2) == State::delivered);
    CHECK(world.view(2).outcome->provider_id == "request");
}

TEST_CASE("a batch's report that may mean another message waits") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const auto report = [&](const std::string& id = "request") {
        return world.give(
            {status("delivered", 0, Json{{"id", id}, {"id_of_batch", true}, {"address", "+919800000001"}})});
    };
    world.add(1, State::uncertain);
    SECTION("two whose answers were lost") { world.add(2, State::uncertain); }
    SECTION("one that is on its way") { world.add(2, State::queued); }
    SECTION("another person's") {
        world.session.execute("UPDATE messages SET address = '+919800000007' WHERE id = 1");
    }
    SECTION("another connection's") {
        world.session.execute("UPDATE messages SET connection_id = 61 WHERE id = 1");
    }
    SECTION("one that a provider's id names already") {
        world.session.execute("UPDATE outcomes SET provider_id = 'other' WHERE message_id = 1");
    }
    CHECK(report().unmatched.size() == 1);
    CHECK(world.state(1) == State::uncertain);
}

TEST_CASE("what turns out to be sent is not sent again") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const bool single = GENERATE(false, true);
    const auto word = GENERATE(values<std::string>({"sent", "delivered", "read"}));
    const State expected = *domain::parse_state(word);
    world.add(1, State::queued, "", "+919800000001", single);
    world.queue(1, 2, GENERATE(true, false));
    CHECK(world.give({status(word, 1, Json{{"id", "p1"}}), status(word, 1)}).unmatched.empty());
    CHECK(world.state(1) == expected);
    CHECK(world.view(1).outcome->provider_id == "p1");
    CHECK(world.view(1).outcome->attempts == 2);
    CHECK(world.number("SELECT COUNT(*) FROM queue") == 0);
    CHECK(world.deltas() == (single ? Counts{} : Counts{{expected, 1}}));
    CHECK(world.give({status("read", 1)}).unmatched.empty());
    CHECK(world.state(1) == State::read);
}

TEST_CASE("news that do not end a message's attempts wait") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::queued);
    Json event = status("sent", 1);
    Id tenant = World::tenant, told_sent = 1;
    SECTION("it is sent again right now") { world.queue(1, 2, true, "one:q2:1"); }
    SECTION("nothing of it has left yet") { world.queue(1, 0, false); }
    SECTION("another tenant's") {
        world.queue(1);
        tenant = World::other_tenant;
    }
    SECTION("one copy failed, and there may be another") {
        world.queue(1, 2);
        event = failure(1, "recipient", "1");
        told_sent = 0;
    }
    SECTION("the address alone, which may mean an older message") {
        world.queue(1);
        event = status("sent", 0, Json{{"address", "+919800000001"}});
        told_sent = 0;
    }
    const auto applied = world.give({event}, tenant);
    CHECK(applied.unmatched == std::vector<std::size_t>{0});
    CHECK(applied.told_sent.contains(0) == (told_sent != 0));
    CHECK_FALSE(world.view(1).outcome);
    CHECK(world.number("SELECT COUNT(*) FROM queue") == 1);
    CHECK(world.deltas().empty());
}

TEST_CASE("what a lost owner knows not to be sent is tried again") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::uncertain);
    world.session.execute("UPDATE outcomes SET code = 'lost_owner', attempts = 2");
    Json event = failure(1, "other", "lost_owner");
    event.set("again", Json{{"lane", 2},
                            {"due_at", World::now + 5},
                            {"deadline_at", World::now + 1'000},
                            {"attempts", 2},
                            {"whereabouts", "IN"}});
    SECTION("and its campaign goes on") {
        if (GENERATE(false, true)) world.session.execute("UPDATE campaigns SET state = 4, finished_at = 9");
        const auto before = store::campaigns::find(world.session, {World::tenant}, World::campaign);
        CHECK(world.give({event}).unmatched.empty());
        // Somebody saw that nothing was open, and completes it now.
        store::campaigns::set_state(world.session, *before, domain::CampaignState::completed, "", World::now);
        CHECK(world.state(1) == State::queued);
        CHECK_FALSE(world.view(1).outcome);
        CHECK(world.deltas() == Counts{{State::uncertain, -1}});
        CHECK(world.number(
                  "SELECT COUNT(*) FROM queue WHERE attempts = 2 AND in_doubt = 0 AND marked = 0 AND "
                  "lane = 2 AND campaign_id = 90 AND whereabouts = 'IN' AND due_at < deadline_at") == 1);
        CHECK(store::campaigns::find(world.session, {World::tenant}, World::campaign)->state ==
              domain::CampaignState::sending);
        // Said twice.
        CHECK(world.give({event}).unmatched.empty());
        CHECK(world.state(1) == State::queued);
        CHECK(world.number("SELECT COUNT(*) FROM queue") == 1);
    }
    SECTION("unless it is known by now how it ended") {
        world.give({status("delivered", 1)});
        CHECK(world.give({event}).unmatched.empty());
        CHECK(world.state(1) == State::delivered);
    }
    SECTION("unless a later attempt was lost, which may have left") {
        world.session.execute("UPDATE outcomes SET attempts = 3");
        CHECK(world.give({event}).unmatched.empty());
        CHECK(world.state(1) == State::uncertain);
    }
    SECTION("or it is too late, and it has failed") {
        SECTION("the campaign was cancelled") { world.session.execute("UPDATE campaigns SET state = 5"); }
        SECTION("another message has followed") {
            world.session.execute("INSERT INTO follow_ups (message_id, next_id) VALUES (1, 2)");
        }
        SECTION("it was uncertain for another reason") {
            world.session.execute("UPDATE outcomes SET code = ''");
        }
        world.give({event});
        CHECK(world.state(1) == State::failed);
        CHECK(world.number("SELECT COUNT(*) FROM queue") == 0);
    }
}

TEST_CASE("what a lost owner knows not to be sent is tried again in its lane when it is of no campaign") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::uncertain, "", "+919800000001", true);
    world.session.execute("UPDATE outcomes SET code = 'lost_owner', attempts = 1");
    const auto lane = GENERATE(store::Lane::otp, store::Lane::single);
    Json event = failure(1, "other", "lost_owner");
    event.set("again", Json{{"lane", static_cast<int>(lane)},
                            {"due_at", World::now + 5},
                            {"deadline_at", World::now + 1'000},
                            {"attempts", 1},
                            {"whereabouts", ""}});
    SECTION("once") {
        for (int said = 0; said < 2; ++said) {
            CHECK(world.give({event}).unmatched.empty());
            CHECK(world.state(1) == State::queued);
        }
        CHECK(world.number("SELECT COUNT(*) FROM queue WHERE attempts = 1 AND marked = 0 AND lane = " +
                           std::to_string(static_cast<int>(lane))) == 1);
        CHECK(world.deltas().empty());
    }
    SECTION("but not when somebody had another message follow it") {
        world.session.execute("INSERT INTO follow_ups (message_id, next_id) VALUES (1, 2)");
        world.give({event});
        CHECK(world.state(1) == State::failed);
    }
    SECTION("but not on another tenant's word") {
        CHECK(world.give({event}, World::other_tenant).unmatched.size() == 1);
        CHECK(world.state(1) == State::uncertain);
    }
}

TEST_CASE("a batch whose answer was lost is not sent again to whom its report names") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const auto report = [](const std::string& word) {
        return status(word, 0, Json{{"id", "request"}, {"id_of_batch", true}, {"address", "+919800000001"}});
    };
    world.add(1, State::queued);
    SECTION("whose answer was lost") {
        world.queue(1);
        CHECK(world.give({report("failed")}).unmatched.size() == 1);
        CHECK(world.give({report("delivered")}).unmatched.empty());
        CHECK(world.state(1) == State::delivered);
    }
    SECTION("but to whom was refused before") {
        world.queue(1, 1, false);
        CHECK(world.give({report("delivered")}).unmatched.size() == 1);
        CHECK(world.state(1) == State::queued);
    }
}

TEST_CASE("a provider's id that is longer than its column is still found") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const std::string id(300, 'w');
    world.add(1, State::sent, id.substr(0, 190));
    CHECK(world.give({status("read", 0, Json{{"id", id}})}).unmatched.empty());
    CHECK(world.state(1) == State::read);
}

TEST_CASE("happenings whose names differ only behind the column's end are all kept") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const std::string long_id = "wamid." + std::string(66, 'A');
    world.add(1, State::sent, long_id);
    for (const char* word : {"sent", "delivered", "read", "read"})
        world.give({status(word, 1, Json{{"dedupe", long_id + ":" + word}})});
    CHECK(world.state(1) == State::read);
    CHECK(world.events(1) == 3);
}

TEST_CASE("without any id the newest message that we sent to the address is meant") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent);
    world.add(2, State::sent);
    world.add(3, State::sent, "", "+919800000002");
    const Json event = status("delivered", 0, Json{{"address", "+919800000001"}});
    SECTION("alone") { CHECK(world.give({event}).unmatched.empty()); }
    SECTION("though the person has written to us since") {
        world.give({inbound("in-1", "+919800000001", "hello")});
        CHECK(world.give({event}).unmatched.empty());
    }
    CHECK(world.state(1) == State::sent);
    CHECK(world.state(2) == State::delivered);
    CHECK(world.state(3) == State::sent);
}

TEST_CASE("another tenant's reference, id or address moves nothing") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "p1");
    const auto applied = world.give({status("read", 1), status("read", 0, Json{{"id", "p1"}}),
                                     status("read", 0, Json{{"address", "+919800000001"}})},
                                    World::other_tenant);
    CHECK(world.state(1) == State::sent);
    CHECK(world.events(1) == 0);
    CHECK(applied.unmatched.size() == 3);
    CHECK(world.deltas().empty());
}

TEST_CASE("an event that is faster than our own result waits, and counts afterwards") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::queued);
    CHECK(world.give({status("delivered", 1)}).unmatched == std::vector<std::size_t>{0});
    CHECK(world.give({status("delivered", 0, Json{{"id", "p1"}})}).unmatched == std::vector<std::size_t>{0});
    store::Outcome outcome;
    outcome.message = 1;
    outcome.tenant = World::tenant;
    outcome.campaign = World::campaign;
    outcome.provider_id = "p1";
    store::outcomes::append(world.session, std::span<const store::Outcome>(&outcome, 1));
    CHECK(world.give({status("delivered", 0, Json{{"id", "p1"}})}).unmatched.empty());
    CHECK(world.state(1) == State::delivered);
}

TEST_CASE("price and parts are the highest that were said, in any order") {
    World world(GENERATE_REF(from_range(store::dialects())));
    std::vector<Json> events{status("sent", 1, Json{{"parts", 1}}),
                             status("delivered", 1, Json{{"cost", 7'500}, {"parts", 2}}),
                             status("read", 1, Json{{"cost", 5'000}})};
    if (GENERATE(false, true)) std::reverse(events.begin(), events.end());
    world.add(1, State::sent, "p1");
    for (const Json& event : events) world.give({event});
    CHECK(world.view(1).outcome->cost == 7'500);
    CHECK(world.view(1).outcome->parts == 2);
    CHECK(world.state(1) == State::read);
}

TEST_CASE("a single message has no campaign to credit") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "p1", "+919800000001", true);
    world.give({status("delivered", 1)});
    CHECK(world.state(1) == State::delivered);
    CHECK(world.deltas().empty());
}

TEST_CASE("events that say nothing are named, and do not stop the others") {
    World world(store::Dialect::sqlite);
    world.add(1, State::sent, "p1");
    const auto applied = world.give({Json{{"kind", "status"}}, status("flown", 1),
                                     Json{{"kind", "account"}, {"text", "warned"}}, Json{{"kind", "consent"}},
                                     status("delivered", 1)});
    CHECK(applied.useless.size() == 4);
    CHECK(world.state(1) == State::delivered);
}
