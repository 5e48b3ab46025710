// Who gets in, when connections are not read for each webhook.
#include "receive/store_intake.hpp"

#include "store/connections.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::receive;

namespace {

// Lets in whoever writes its connection's name.
class Doorman final : public plugin::Connection {
public:
    explicit Doorman(std::string word) : word_(std::move(word)) { manifest_.has_webhook = true; }
    const plugin::Manifest& manifest() const override { return manifest_; }
    plugin::Output advance(const plugin::Turn&) const override { return {}; }
    plugin::Output parse(const plugin::Inbound&) const override { return {}; }
    plugin::Output verify(const plugin::Inbound& inbound) const override {
        plugin::Output output;
        if (inbound.body.starts_with(word_)) return output;
        output.status = -4;
        output.explanation = "not the word";
        return output;
    }

private:
    const std::string word_;
    plugin::Manifest manifest_;
};

struct Door : World {
    explicit Door(store::Dialect dialect) : World(dialect) {
        row.id = connection;
        row.tenant = tenant;
        row.provider = "doorman";
        row.name = "first";
        row.settings = row.secrets = "{}";
        row.state = store::connection_state::enabled;
        store::connections::create(session, row);
    }

    std::uint32_t knock(const std::string& body) {
        plugin::Inbound inbound;
        inbound.method = "POST";
        inbound.url = "https://dakiya.example/webhooks";
        inbound.body = body;
        return intake.accept("doorman", connection, "", inbound).status;
    }
    void rename(const std::string& name) {
        row = store::connections::find_any(session, connection).value();
        row.name = name;
        REQUIRE(store::connections::update(session, row, now));
    }

    store::Connection row;
    int opened = 0;
    bool quarantined = false;
    store::Ids ids{database.writer()};
    Bell bell;
    net::Redactor redactor;
    Handover handover;
    StoreIntake intake{
        {database.database(), database.writer(), ids,
         [this](const store::Connection& of) -> Result<std::shared_ptr<const plugin::Connection>> {
             ++opened;
             if (quarantined) return Error{Code::unavailable, "in quarantine", ""};
             return std::shared_ptr<const plugin::Connection>(std::make_shared<const Doorman>(of.name));
         },
         database.clock(), bell, handover, redactor}};
};

}  // namespace

TEST_CASE("a busy connection is read and opened once for many webhooks, and again after a while") {
    Door door(GENERATE_REF(from_range(store::dialects())));
    for (int i = 0; i < 20; ++i) REQUIRE(door.knock("first " + std::to_string(i)) == 200);
    CHECK(door.opened == 1);
    door.database.clock().advance(Millis(100));
    CHECK(door.knock("first again") == 200);
    CHECK(door.opened == 2);
    CHECK(door.handover.take(100, 0).size() == 21);
}

TEST_CASE("a refusal never rests on what was read before") {
    Door door(GENERATE_REF(from_range(store::dialects())));
    REQUIRE(door.knock("first 1") == 200);
    door.rename("second");
    CHECK(door.knock("second 1") == 200);
    CHECK(door.knock("first 2") == 401);
    door.quarantined = true;
    CHECK(door.knock("third") == 503);
    door.quarantined = false;
    CHECK(door.knock("second 2") == 200);
    store::connections::remove(door.session, {Door::tenant}, Door::connection);
    door.database.clock().advance(Millis(100));
    CHECK(door.knock("second 3") == 404);
    CHECK(door.number("SELECT COUNT(*) FROM webhooks") == 3);
}
