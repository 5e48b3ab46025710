// What people write to us, and what they wish.
#include <limits>

#include "store/contacts.hpp"
#include "store/portfolios.hpp"
#include "store/templates.hpp"
#include "world.hpp"

using namespace dakiya;
using namespace dakiya::receive;

namespace {

constexpr const char* person = "+919800000001";

void put(World& world, domain::Suppression reason) {
    store::suppressions::add(world.session, {World::tenant}, {"sms", person, reason, "test", 1});
}

}  // namespace

TEST_CASE("a message that is delivered twice is one message") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.give({inbound("SM1", person, "hello")});
    world.give({inbound("SM1", person, "hello"), inbound("SM2", person, "hello")});
    const auto list = store::messages::list(world.session, {World::tenant}, {}, 0, 10).rows;
    REQUIRE(list.size() == 2);
    CHECK(list[0].state == State::received);
    CHECK(list[0].message.address == person);
    CHECK(Json::parse(list[0].message.content)["message"]["text"].text() == "hello");
}

TEST_CASE("STOP closes the address at once, START opens it again") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.give({inbound("1", person, " Stop! ")});
    CHECK(world.suppressed(person));
    CHECK_FALSE(world.suppressed("+919800000002"));
    world.give({inbound("2", person, "hello")});
    CHECK(world.suppressed(person));
    world.give({inbound("3", person, "START")});
    CHECK_FALSE(world.suppressed(person));
    // A repeat of the old STOP is no new wish.
    world.give({inbound("1", person, " Stop! ")});
    CHECK_FALSE(world.suppressed(person));
}

TEST_CASE("START takes back a person's own word only") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const auto [reason, stays] =
        GENERATE(values<std::pair<domain::Suppression, bool>>({{domain::Suppression::opted_out, false},
                                                               {domain::Suppression::manual, true},
                                                               {domain::Suppression::complaint, true},
                                                               {domain::Suppression::unreachable, true}}));
    put(world, reason);
    SECTION("written") { world.give({inbound("1", person, "yes")}); }
    SECTION("passed on by the provider") {
        world.give({Json{{"kind", "consent"}, {"channel", "sms"}, {"address", person}, {"value", "start"}}});
    }
    CHECK(world.suppressed(person) == stays);
}

TEST_CASE("a tapped button counts as its title") {
    World world(store::Dialect::sqlite);
    world.give(
        {Json{{"kind", "inbound"},
              {"id", "1"},
              {"channel", "sms"},
              {"address", person},
              {"message", Json{{"kind", "button"}, {"button", Json{{"id", "x"}, {"title", "STOP"}}}}}}});
    CHECK(world.suppressed(person));
}

TEST_CASE("a provider's word about consent is obeyed") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.give({Json{{"kind", "consent"}, {"channel", "sms"}, {"address", person}, {"value", "stop"}}});
    CHECK(world.suppressed(person));
}

TEST_CASE("what is too long for the database is cut, not refused") {
    World world(GENERATE_REF(from_range(store::dialects())));
    Json event = inbound("1", std::string(400, '9'), std::string(200'000, 'x'));
    CHECK(world.give({event}).useless.empty());
    const auto list = store::messages::list(world.session, {World::tenant}, {}, 0, 10).rows;
    REQUIRE(list.size() == 1);
    CHECK(list[0].message.address.size() == 190);
    const Json content = Json::parse(list[0].message.content);
    CHECK(content["message"]["truncated"].boolean());
    CHECK(content["message"]["text"].text().size() == 4096);
}

TEST_CASE("a template event changes what we know of the template, with as many words as fit") {
    World world(GENERATE_REF(from_range(store::dialects())));
    store::Template row;
    row.name = "order";
    row.language = "en";
    row.status = "approved";
    row.components = "[]";
    store::templates::upsert(world.session, {World::tenant}, World::connection,
                             std::span<const store::Template>(&row, 1));
    const auto known = [&] {
        return store::templates::find(world.session, {World::tenant}, World::connection, "order", "en")
            .value();
    };
    Json event{{"kind", "template"}, {"name", "order"}, {"language", "en"}, {"quality", "low"}};
    world.give({event});
    CHECK(known().status == "approved");
    event.set("status", "rejected");
    event.set("reason", std::string(900, 'r'));
    world.give({event}, World::other_tenant);
    CHECK(known().status == "approved");
    world.give({event});
    CHECK(known().status == "rejected");
    CHECK(known().reason.size() == 500);
}

TEST_CASE("a complaint closes the address for more than the person's own START") {
    World world(GENERATE_REF(from_range(store::dialects())));
    world.give({Json{{"kind", "consent"},
                     {"channel", "sms"},
                     {"address", person},
                     {"value", "stop"},
                     {"reason", "complaint"}}});
    const auto known = store::suppressions::find(world.session, {World::tenant}, "sms", person);
    REQUIRE(known);
    CHECK(known->reason == domain::Suppression::complaint);
    world.give({inbound("1", person, "START")});
    CHECK(world.suppressed(person));
}

TEST_CASE("whoever writes by e-mail is known by that address") {
    World world(GENERATE_REF(from_range(store::dialects())));
    store::Contact asha;
    asha.id = 77;
    asha.tenant = World::tenant;
    asha.email = "asha@example.com";
    store::contacts::create(world.session, asha);
    Json event = inbound("m1", asha.email, "hello");
    event.set("channel", "email");
    world.give({event});
    const auto list = store::messages::list(world.session, {World::tenant}, {}, 0, 10).rows;
    REQUIRE(list.size() == 1);
    CHECK(list[0].message.contact == asha.id);
}

TEST_CASE("the provider says how many people the business may write to first") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const store::Scope scope{World::tenant};
    const auto limit = [&] {
        return store::portfolios::with(world.session, scope, "meta:1", World::connection).per_day;
    };
    CHECK(limit() == 0);
    world.give({Json{{"kind", "account"}, {"status", "limit"}, {"limit", "2000"}}});
    CHECK(limit() == 2'000);
    world.give({Json{{"kind", "sender"}, {"sender", "+15550783881"}, {"limit", "TIER_10K"}}});
    CHECK(limit() == 10'000);
    world.give({Json{{"kind", "account"}, {"status", "limit"}, {"limit", "soon"}}});
    world.give({Json{{"kind", "account"}, {"status", "limit"}, {"limit", "1"}}}, World::other_tenant);
    CHECK(limit() == 10'000);
}

TEST_CASE("whoever writes to us may be answered for a day") {
    World world(GENERATE_REF(from_range(store::dialects())));
    const std::string address = person;
    const auto heard = [&](std::int64_t since) {
        return store::portfolios::heard_since(world.session, World::connection, {&address, 1}, since).size();
    };
    CHECK(heard(0) == 0);
    world.give({inbound("SM1", person, "hello")});
    CHECK(heard(0) == 1);
    CHECK(heard(std::numeric_limits<std::int64_t>::max()) == 0);
}
