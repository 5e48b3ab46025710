// From a stored webhook to what it changes, with a plugin that a test writes.
#include "processing.hpp"

using namespace dakiya;
using namespace dakiya::receive;

namespace {

void refuse_events_of_1(store::Session& session) {
    session.execute(
        session.dialect() == store::Dialect::sqlite
            ? "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.message_id = 1 "
              "BEGIN SELECT RAISE(ABORT, 'refused'); END"
            : "CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW "
              "IF NEW.message_id = 1 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF");
}

}  // namespace

TEST_CASE("a webhook's events are applied and it is done") {
    Processing world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "p1");
    Json hello = inbound("in-1", "+919800000002", "hello");
    Json without_channel = Json::object();
    for (const auto& [key, value] : hello.members())
        if (key != "channel") without_channel.set(key, value);
    world.webhook(500, list({status("delivered", 1), without_channel}));
    world.processor.start();
    world.until([&] { return world.count("webhooks", "state = 'done'") == 1; });
    CHECK(world.state(1) == State::delivered);
    CHECK(world.count("messages", "origin = 5 AND channel = 'sms'") == 1);
}

TEST_CASE("an event without its message is kept, and applied when the message is there") {
    Processing world(GENERATE_REF(from_range(store::dialects())));
    world.webhook(500, list({status("delivered", 0, Json{{"id", "p1"}})}));
    world.processor.start();
    world.until([&] { return world.count("pending_events", "attempts > 2") == 1; });
    CHECK(world.count("webhooks", "state = 'done'") == 1);
    world.add(1, State::sent, "p1");
    world.until([&] { return world.count("pending_events") == 0; });
    CHECK(world.state(1) == State::delivered);
}

TEST_CASE("an event that nobody claims is given up after seven days") {
    Processing world(store::Dialect::sqlite);
    world.webhook(500, list({status("delivered", 0, Json{{"id", "nobody"}})}));
    world.processor.start();
    world.until([&] { return world.count("pending_events", "attempts > 1") == 1; });
    world.database.clock().advance(std::chrono::hours(24 * 7 - 1));
    world.until([&] { return world.count("pending_events", "attempts > 2") == 1; });
    world.database.clock().advance(std::chrono::hours(2));
    world.until([&] { return world.count("pending_events") == 0; });
}

TEST_CASE("a webhook that cannot be read is kept for people, and the others go on") {
    Processing world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "p1");
    world.webhook(500, "<xml/>");
    world.webhook(501, list({status("delivered", 1)}));
    world.processor.start();
    world.until([&] { return world.count("webhooks", "state = 'new'") == 0; });
    CHECK(world.count("webhooks", "id = 500 AND state = 'fault' AND error <> ''") == 1);
    CHECK(world.state(1) == State::delivered);
}

TEST_CASE("an event that the database refuses is put aside alone, after five tries") {
    Processing world(GENERATE_REF(from_range(store::dialects())));
    world.add(1, State::sent, "p1");
    world.add(2, State::sent, "p2");
    // As a value that no check of ours has foreseen.
    refuse_events_of_1(world.session);
    world.webhook(500, list({status("delivered", 1)}));
    world.webhook(501, list({status("delivered", 2)}));
    world.processor.start();
    world.until([&] {
        world.database.clock().advance(std::chrono::seconds(1));
        return world.count("webhooks", "state = 'new'") == 0;
    });
    CHECK(world.count("webhooks", "id = 500 AND state = 'fault'") == 1);
    CHECK(world.count("webhooks", "id = 501 AND state = 'done'") == 1);
    CHECK(world.state(1) == State::sent);
    CHECK(world.state(2) == State::delivered);
}

// A full disk, say. Found by tests/simulate: the event was given up, and its message never settled.
TEST_CASE("an event that the database refuses for a while is applied afterwards") {
    Processing world(GENERATE_REF(from_range(store::dialects())));
    refuse_events_of_1(world.session);
    SECTION("a webhook") {
        world.add(1, State::sent, "p1");
        world.webhook(500, list({status("delivered", 1)}));
        world.processor.start();
        world.until([&] { return world.count("webhooks", "attempts = 1 AND error <> ''") == 1; });
    }
    SECTION("an event that waits for its message") {
        world.webhook(500, list({status("delivered", 1)}));
        world.processor.start();
        world.until([&] { return world.count("pending_events", "attempts > 0") == 1; });
        world.add(1, State::sent, "p1");
        const auto tries = world.tries();
        world.until([&] {
            world.database.clock().advance(std::chrono::seconds(1));
            return world.tries() > tries + 1;
        });
    }
    world.session.execute("DROP TRIGGER refuse");
    world.until([&] {
        world.database.clock().advance(std::chrono::seconds(1));
        return world.state(1) == State::delivered;
    });
    CHECK(world.count("webhooks", "state = 'done'") == 1);
}

TEST_CASE("a connection that cannot be opened now is tried five times") {
    const bool comes_back = GENERATE(false, true);
    Processing world(store::Dialect::sqlite);
    world.add(1, State::sent, "p1");
    world.open_with(Error{Code::unavailable, "in quarantine", ""});
    world.webhook(500, list({status("delivered", 1)}));
    world.processor.start();
    world.until([&] { return world.count("webhooks", "attempts = 1 AND error = 'in quarantine'") == 1; });
    if (comes_back)
        world.open_with(std::shared_ptr<const plugin::Connection>(std::make_shared<const Parrot>()));
    world.until([&] {
        world.database.clock().advance(std::chrono::seconds(1));
        return world.count("webhooks", "state = 'new'") == 0;
    });
    CHECK(world.count("webhooks", comes_back ? "state = 'done'" : "state = 'fault' AND attempts = 5") == 1);
    CHECK(world.state(1) == (comes_back ? State::delivered : State::sent));
}

TEST_CASE("the wait for a message doubles up to ten minutes") {
    CHECK(retry_wait_ms(0) == 100);
    CHECK(retry_wait_ms(1) == 200);
    CHECK(retry_wait_ms(12) == 409'600);
    CHECK(retry_wait_ms(13) == 600'000);
    CHECK(retry_wait_ms(1'000'000) == 600'000);
}
