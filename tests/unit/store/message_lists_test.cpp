// Lists of messages as people look at them: every page, each message once, whatever the filter.
#include <algorithm>
#include <functional>

#include "databases.hpp"
#include "store/chunks.hpp"
#include "store/contacts.hpp"
#include "store/messages.hpp"

using namespace dakiya;
using namespace dakiya::store;
using domain::State;

namespace {

constexpr Scope ours{7}, theirs{8};
constexpr Id campaign = 100, other_campaign = 200;

Message message(Id id, Scope scope, Id of_campaign) {
    Message m;
    m.id = id;
    m.tenant = scope.tenant;
    m.origin = domain::Origin::campaign;
    m.campaign = of_campaign;
    m.channel = "sms";
    m.address = "+9190" + std::to_string(id % 10);  // ten people
    m.params = "{}";
    if (id % 10 == 3) m.state = State::skipped, m.reason = "suppressed";
    return m;
}

Outcome outcome(const Message& m) {
    Outcome o;
    o.message = m.id;
    o.tenant = m.tenant;
    o.campaign = m.campaign;
    if (m.id % 10 == 7) o.state = State::failed, o.cls = "recipient", o.code = "131026";
    return o;
}

// Ids 1000 to 1099 in chunks of ten, by turns of our campaign, another of ours, and a stranger's. Of each
// ten: one skipped, one failed, one without an outcome yet, the others sent.
void fill(Session& session) {
    for (int no = 0; no < 10; ++no) {
        const Scope scope = no % 3 == 2 ? theirs : ours;
        Chunk chunk;
        chunk.campaign = no % 3 == 0 ? campaign : other_campaign + scope.tenant;
        chunk.no = no;
        chunk.tenant = scope.tenant;
        chunk.first_id = 1000 + no * 10;
        chunk.last_id = chunk.first_id + 9;
        chunk.cursor_id = chunk.intent_id = chunk.first_id;
        chunks::create(session, chunk);
        std::vector<Message> list;
        std::vector<Outcome> ended;
        for (Id id = chunk.first_id; id <= chunk.last_id; ++id) {
            list.push_back(message(id, scope, chunk.campaign));
            if (id % 10 != 3 && id % 10 != 9) ended.push_back(outcome(list.back()));
        }
        messages::insert(session, list);
        outcomes::append(session, ended);
    }
}

using Ids = std::vector<Id>;

// Everything that a list has, read in pages of `limit`; no page may hold more.
template <class Fetch>
Ids pages(int limit, const Fetch& fetch) {
    Ids all;
    Id from = 0;
    for (int calls = 0; calls < 1000; ++calls) {
        const MessagePage page = fetch(from, limit);
        CHECK(page.rows.size() <= static_cast<std::size_t>(limit));
        for (const MessageView& v : page.rows) all.push_back(v.message.id);
        if (page.next == 0) return all;
        from = page.next;
    }
    FAIL("the list does not end");
    return all;
}

Ids expected(const std::function<bool(Id)>& wanted) {
    Ids list;
    for (Id id = 1000; id < 1100; ++id)
        if (wanted(id)) list.push_back(id);
    return list;
}
Ids reversed(Ids list) {
    std::reverse(list.begin(), list.end());
    return list;
}

bool in_campaign(Id id) { return (id - 1000) / 10 % 3 == 0; }
bool is_ours(Id id) { return (id - 1000) / 10 % 3 != 2; }

}  // namespace

TEST_CASE("recipients of a campaign: all of them once, in pages, filtered by state, class and reason") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    fill(session);
    const int limit = GENERATE(1, 3, 10, 200);
    MessageFilter filter;
    filter.campaign = campaign;
    const auto listed = [&] {
        return pages(limit,
                     [&](Id after, int n) { return messages::recipients(session, ours, filter, after, n); });
    };
    CHECK(listed() == expected(in_campaign));

    filter.state = State::failed;
    CHECK(listed() == expected([](Id id) { return in_campaign(id) && id % 10 == 7; }));
    filter.cls = "recipient";
    CHECK(listed() == expected([](Id id) { return in_campaign(id) && id % 10 == 7; }));
    filter.cls = "throttled";
    CHECK(listed().empty());

    filter = {};
    filter.campaign = campaign;
    filter.reason = "recipient:131026";  // as the statistics name it
    CHECK(listed() == expected([](Id id) { return in_campaign(id) && id % 10 == 7; }));
    filter.reason = "suppressed";
    CHECK(listed() == expected([](Id id) { return in_campaign(id) && id % 10 == 3; }));
    filter.reason = "recipient";
    CHECK(listed().empty());

    filter = {};
    filter.campaign = campaign;
    filter.state = State::skipped;
    CHECK(listed() == expected([](Id id) { return in_campaign(id) && id % 10 == 3; }));
    filter.state = State::queued;
    CHECK(listed() == expected([](Id id) { return in_campaign(id) && id % 10 == 9; }));
    filter.state = State::cancelled;
    CHECK(listed().empty());
    filter.state.reset();
    CHECK(pages(limit, [&](Id after, int n) {
              return messages::recipients(session, theirs, filter, after, n);
          }).empty());
}

TEST_CASE("messages newest first: of a tenant, a campaign, an address, a state") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    fill(session);
    const int limit = GENERATE(1, 7, 200);
    MessageFilter filter;
    const auto listed = [&] {
        return pages(limit,
                     [&](Id before, int n) { return messages::list(session, ours, filter, before, n); });
    };
    CHECK(listed() == reversed(expected(is_ours)));
    filter.state = State::failed;
    CHECK(listed() == reversed(expected([](Id id) { return is_ours(id) && id % 10 == 7; })));
    filter.campaign = campaign;
    CHECK(listed() == reversed(expected([](Id id) { return in_campaign(id) && id % 10 == 7; })));
    filter.state.reset();
    CHECK(listed() == reversed(expected(in_campaign)));
    filter.address = "+90904";
    CHECK(listed().empty());
    filter.address = "+91904";
    CHECK(listed() == reversed(expected([](Id id) { return in_campaign(id) && id % 10 == 4; })));
    filter.campaign = 0;
    CHECK(listed() == reversed(expected([](Id id) { return is_ours(id) && id % 10 == 4; })));
    filter.state = State::failed;
    CHECK(listed().empty());
}

TEST_CASE("a rare state is looked for in bounded steps, and found") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    // 45 chunks of 1,000 queued messages; the only failed one is the first.
    std::vector<Message> list;
    for (int no = 0; no < 45; ++no) {
        Chunk chunk;
        chunk.campaign = campaign;
        chunk.no = no;
        chunk.tenant = ours.tenant;
        chunk.first_id = 1000 + no * 1000;
        chunk.last_id = chunk.first_id + 999;
        chunk.cursor_id = chunk.intent_id = chunk.first_id;
        chunks::create(session, chunk);
        list.clear();
        for (Id id = chunk.first_id; id <= chunk.last_id; ++id) {
            list.push_back(message(id, ours, campaign));
            list.back().state = State::queued;
        }
        messages::insert(session, list);
    }
    Outcome failed;
    failed.message = 1007;
    failed.tenant = ours.tenant;
    failed.campaign = campaign;
    failed.state = State::failed;
    outcomes::append(session, std::vector<Outcome>{failed});

    MessageFilter filter;
    filter.state = State::failed;
    const MessagePage newest = messages::list(session, ours, filter, 0, 50);
    CHECK(newest.rows.empty());
    CHECK(newest.next == 46000 - 20'000);
    const auto all = [&](const MessageFilter& f) {
        return pages(50, [&](Id before, int n) { return messages::list(session, ours, f, before, n); });
    };
    CHECK(all(filter) == Ids{1007});
    filter.campaign = campaign;
    CHECK(all(filter) == Ids{1007});
    const MessagePage oldest = messages::recipients(session, ours, filter, 0, 50);
    REQUIRE(oldest.rows.size() == 1);
    CHECK(oldest.next == 1000 + 20'000 - 1);
    filter.state = State::queued;
    CHECK(pages(5'000, [&](Id after, int n) {
              return messages::recipients(session, ours, filter, after, n);
          }).size() == 44'999);
}

namespace {

// What the statements of a session made the database's engine read since the last call.
std::int64_t rows_read(Session& session) {
    std::int64_t n = 0;
    for (const Row& row : session.query("SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%' OR "
                                        "Variable_name = 'Handler_icp_attempts'"))
        n += std::stoll(row.text(1));
    session.execute("FLUSH STATUS");
    return n;
}

constexpr Scope newcomer{9};

// Ids 1 to 2^16: the last 100 are a newcomer's, every 500th is theirs, the others are ours.
void fill_large(Session& session) {
    constexpr Id all = 1 << 16;
    messages::insert(session, std::vector<Message>{message(1, ours, 0)});
    session.execute(
        "INSERT INTO contacts (id, tenant_id, name, attributes, created_at, updated_at) VALUES (1, 7, '', "
        "'{}', 1, 1)");
    for (Id n = 1; n < all; n *= 2) {
        session.execute(
            "INSERT INTO messages (id, tenant_id, origin, campaign_id, connection_id, contact_id, channel, "
            "address, state, reason, params, created_at, after_id) SELECT id + ?, tenant_id, origin, "
            "campaign_id, connection_id, contact_id, channel, address, state, reason, params, created_at, "
            "after_id FROM messages",
            {n});
        session.execute(
            "INSERT INTO contacts (id, tenant_id, name, attributes, created_at, updated_at) SELECT id + ?, "
            "tenant_id, name, attributes, created_at, updated_at FROM contacts",
            {n});
    }
    for (const std::string table : {"messages", "contacts"}) {
        session.execute("UPDATE " + table + " SET tenant_id = 8 WHERE id % 500 = 0");
        session.execute("UPDATE " + table + " SET tenant_id = 9 WHERE id > ?", {all - 100});
        session.query("ANALYZE TABLE " + table);
    }
}

}  // namespace

// MariaDB took "tenant_id = ?" for the way to go, and read a large tenant's rows from one end to the page.
TEST_CASE("a page of a large table reads what it shows, wherever it lies and whoever it is for") {
    if (!mysql_server()) return;
    TestDatabase db(Dialect::mysql);
    Session& session = db.session();
    fill_large(session);
    const auto reads = [&](const auto& page) {
        rows_read(session);
        CHECK(page() == 50);
        return rows_read(session);
    };
    for (const Scope scope : {ours, theirs, newcomer}) {
        INFO("tenant " << scope.tenant);
        const Id middle = scope.tenant == newcomer.tenant ? (1 << 16) - 45 : 1 << 15;
        for (const Id before : {Id{0}, middle})
            for (const bool filtered : {false, true}) {
                INFO("before " << before << ", filtered " << filtered);
                MessageFilter filter;
                if (filtered) filter.state = State::queued;
                CHECK(reads([&] { return messages::list(session, scope, filter, before, 50).rows.size(); }) <
                      5'000);
                CHECK(reads([&] { return contacts::list(session, scope, {}, before, 50).size(); }) < 2'000);
            }
        const Id after = scope.tenant == newcomer.tenant ? 0 : middle;
        CHECK(reads([&] { return contacts::walk(session, scope, {}, after, 50).size(); }) < 2'000);
    }
}
