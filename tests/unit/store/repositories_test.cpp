// The small repositories: what goes in comes out, for its tenant only, page by page.
#include <numeric>

#include "databases.hpp"
#include "store/audit.hpp"
#include "store/connections.hpp"
#include "store/credentials.hpp"
#include "store/imports.hpp"
#include "store/keys.hpp"
#include "store/suppressions.hpp"
#include "store/template_syncs.hpp"
#include "store/templates.hpp"
#include "store/tenants.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

constexpr Scope ours{7}, theirs{8};

Connection connection(Id id, Scope scope = ours) {
    return {
        id, scope.tenant, "meta", "Shop", R"({"phone_id":"1"})", R"({"token":"v1.x"})", "enabled", "", "hook",
        1,  100,          100};
}

template <class T>
std::vector<Id> ids(const std::vector<T>& rows) {
    std::vector<Id> list;
    for (const T& row : rows) list.push_back(row.id);
    return list;
}

using Ids = std::vector<Id>;

// Five rows of ours between rows of another tenant, read in pages of two.
template <class Create, class List>
void check_pages(const Create& create, const List& list) {
    for (Id id = 10; id < 20; ++id) create(id, id % 2 == 0 ? ours : theirs);
    CHECK(ids(list(ours, 0, 2)) == Ids{18, 16});
    CHECK(ids(list(ours, 16, 2)) == Ids{14, 12});
    CHECK(ids(list(ours, 12, 2)) == Ids{10});
    CHECK(ids(list(ours, 10, 2)).empty());
}

}  // namespace

TEST_CASE("tenants") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    tenants::create(session, {7, "Chai & Co", "IN", "Asia/Kolkata", "v1.key", 123});
    tenants::create(session, {8, "Other", "DE", "Europe/Berlin", "v1.other", 124});
    const Tenant found = tenants::find(session, 7).value();
    CHECK(found.name == "Chai & Co");
    CHECK(found.country == "IN");
    CHECK(found.zone == "Asia/Kolkata");
    CHECK(found.data_key == "v1.key");
    CHECK(found.created_at == 123);
    CHECK_FALSE(tenants::find(session, 9));
    CHECK(ids(tenants::list(session, 0, 10)) == Ids{8, 7});
    CHECK(ids(tenants::list(session, 8, 10)) == Ids{7});
}

TEST_CASE("API keys") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const auto create = [&](Id id, Scope scope) {
        keys::create(session,
                     {id, scope.tenant, "ci", "hash" + std::to_string(id), "read send", 100, 0, 0, 0});
    };

    SECTION("pages") {
        check_pages(create, [&](Scope scope, Id before, int limit) {
            return keys::list(session, scope, before, limit);
        });
    }
    SECTION("are found by their hash, of any tenant") {
        create(1, theirs);
        const ApiKey key = keys::find_by_hash(session, "hash1").value();
        CHECK(key.id == 1);
        CHECK(key.tenant == theirs.tenant);
        CHECK(key.permissions == "read send");
        CHECK_FALSE(keys::find_by_hash(session, "HASH1"));
        CHECK_FALSE(keys::find(session, ours, 1));
    }
    SECTION("revoked once, by their tenant") {
        create(1, ours);
        CHECK_FALSE(keys::revoke(session, theirs, 1, 500));
        CHECK(keys::usable(*keys::find(session, ours, 1), 500));
        CHECK(keys::revoke(session, ours, 1, 500));
        CHECK_FALSE(keys::revoke(session, ours, 1, 600));
        CHECK_FALSE(keys::usable(*keys::find(session, ours, 1), 500));
    }
    SECTION("expire") {
        ApiKey key;
        key.expires_at = 1'000;
        CHECK(keys::usable(key, 999));
        CHECK_FALSE(keys::usable(key, 1'000));
    }
    SECTION("touched once a minute") {
        create(1, ours);
        const auto used = [&] { return keys::find(session, ours, 1)->last_used_at; };
        keys::touch(session, ours, 1, 100'000);
        CHECK(used() == 100'000);
        keys::touch(session, ours, 1, 159'999);
        CHECK(used() == 100'000);
        keys::touch(session, theirs, 1, 200'000);
        CHECK(used() == 100'000);
        keys::touch(session, ours, 1, 160'000);
        CHECK(used() == 160'000);
    }
}

TEST_CASE("connections") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();

    SECTION("pages") {
        check_pages([&](Id id, Scope scope) { connections::create(session, connection(id, scope)); },
                    [&](Scope scope, Id before, int limit) {
                        return connections::list(session, scope, before, limit);
                    });
        CHECK(ids(connections::list_any(session, 11, 3)) == Ids{12, 13, 14});
    }
    SECTION("a change adds one to the version and needs the one that was read") {
        connections::create(session, connection(1));
        Connection first = connections::find(session, ours, 1).value();
        Connection second = first;
        first.name = "First";
        second.name = "Second";
        CHECK(connections::update(session, first, 200));
        CHECK_FALSE(connections::update(session, second, 200));
        const Connection now = connections::find(session, ours, 1).value();
        CHECK(now.name == "First");
        CHECK(now.version == 2);
        CHECK(now.updated_at == 200);
    }
    SECTION("of another tenant") {
        connections::create(session, connection(1, theirs));
        CHECK_FALSE(connections::find(session, ours, 1));
        CHECK(connections::find_any(session, 1)->tenant == theirs.tenant);
        connections::set_state(session, ours, 1, "disabled", "no", 200);
        Connection stolen = connection(1);
        CHECK_FALSE(connections::update(session, stolen, 200));
        CHECK_FALSE(connections::remove(session, ours, 1));
        CHECK(connections::find(session, theirs, 1)->state == "enabled");
    }
    SECTION("a state keeps the version") {
        connections::create(session, connection(1));
        connections::set_state(session, ours, 1, "failing", "The token has expired.", 200);
        const Connection now = connections::find(session, ours, 1).value();
        CHECK(now.state == "failing");
        CHECK(now.state_text == "The token has expired.");
        CHECK(now.version == 1);
    }
    SECTION("go with what hangs on them") {
        connections::create(session, connection(1));
        credentials::save(session, ours, {1, "v1.sealed", 900});
        templates::upsert(
            session, ours, 1,
            std::vector<Template>{{0, 0, 0, "hello", "en", "", "approved", "", "[]", "", 1, 1}});
        template_syncs::save(session, {1, ours.tenant, 1, "", "", "done", "", 1, 2});
        CHECK(connections::remove(session, ours, 1));
        CHECK_FALSE(connections::find_any(session, 1));
        for (const auto* table : {"credentials", "templates", "template_syncs"})
            CHECK(session.query("SELECT COUNT(*) FROM " + std::string(table)).at(0).integer(0) == 0);
    }
}

TEST_CASE("credentials") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    connections::create(session, connection(1));
    CHECK_FALSE(credentials::find(session, ours, 1));
    CHECK(credentials::save(session, ours, {1, "v1.first", 900}));
    CHECK(credentials::save(session, ours, {1, "v1.second", 950}));
    CHECK(credentials::find(session, ours, 1)->sealed == "v1.second");
    CHECK(credentials::find(session, ours, 1)->expires_at == 950);

    CHECK_FALSE(credentials::save(session, theirs, {1, "v1.stolen", 1}));
    CHECK_FALSE(credentials::find(session, theirs, 1));
    credentials::remove(session, theirs, 1);
    CHECK(credentials::find(session, ours, 1)->sealed == "v1.second");
    credentials::remove(session, ours, 1);
    CHECK_FALSE(credentials::find(session, ours, 1));
}

TEST_CASE("suppressions") {
    using domain::Suppression;
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const auto add = [&](std::string address, Suppression reason) {
        return suppressions::add(session, ours, {"sms", std::move(address), reason, "test", 5});
    };

    SECTION("what a person decided stays, and replaces what we concluded") {
        struct Case {
            Suppression first, second, left;
        };
        const auto [first, second, left] =
            GENERATE(values<Case>({{Suppression::manual, Suppression::opted_out, Suppression::opted_out},
                                   {Suppression::unreachable, Suppression::complaint, Suppression::complaint},
                                   {Suppression::opted_out, Suppression::manual, Suppression::opted_out},
                                   {Suppression::complaint, Suppression::unreachable, Suppression::complaint},
                                   {Suppression::opted_out, Suppression::complaint, Suppression::opted_out},
                                   {Suppression::manual, Suppression::unreachable, Suppression::manual}}));
        CHECK(add("+491", first));
        CHECK_FALSE(add("+491", second));
        CHECK(suppressions::find(session, ours, "sms", "+491")->reason == left);
    }
    SECTION("by tenant and channel") {
        add("+491", Suppression::manual);
        CHECK(suppressions::find(session, ours, "sms", "+491")->source == "test");
        CHECK_FALSE(suppressions::find(session, ours, "whatsapp", "+491"));
        CHECK_FALSE(suppressions::find(session, theirs, "sms", "+491"));
        CHECK_FALSE(suppressions::remove(session, theirs, "sms", "+491"));
        CHECK(suppressions::remove(session, ours, "sms", "+491"));
        CHECK_FALSE(suppressions::remove(session, ours, "sms", "+491"));
    }
    SECTION("which of many") {
        std::vector<std::string> asked;
        for (int i = 0; i < 2'500; ++i) asked.push_back("+49" + std::to_string(i));
        add(asked[0], Suppression::manual);
        add(asked[2'499], Suppression::opted_out);
        add("+1", Suppression::manual);
        const auto closed = suppressions::which_of(session, ours, "sms", asked);
        CHECK(closed.size() == 2);
        CHECK(closed.at(asked[0]) == Suppression::manual);
        CHECK(closed.at(asked[2'499]) == Suppression::opted_out);
        CHECK(suppressions::which_of(session, theirs, "sms", asked).empty());
        CHECK(suppressions::which_of(session, ours, "sms", {}).empty());
        for (int i = 0; i < 300; ++i)
            add("+49" + std::to_string(i * 3), Suppression::complaint);  // a long list
        const auto many = suppressions::which_of(session, ours, "sms", asked);
        CHECK(many.size() == 300 + 1);
        CHECK(many.at("+49897") == Suppression::complaint);
        CHECK_FALSE(many.contains("+49898"));
    }
    SECTION("pages, across channels") {
        for (const auto* address : {"a", "b", "c"}) add(address, Suppression::manual);
        suppressions::add(session, ours, {"whatsapp", "a", Suppression::manual, "", 5});
        suppressions::add(session, theirs, {"sms", "d", Suppression::manual, "", 5});
        std::string seen, channel, address;
        for (;;) {
            const auto page = suppressions::list(session, ours, channel, address, 2);
            if (page.empty()) break;
            for (const Suppressed& s : page) seen += s.channel + ":" + s.address + " ";
            channel = page.back().channel;
            address = page.back().address;
        }
        CHECK(seen == "sms:a sms:b sms:c whatsapp:a ");
    }
}

TEST_CASE("imports") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const auto create = [&](Id id, Scope scope) {
        Import row;
        row.id = id;
        row.tenant = scope.tenant;
        row.file = "/uploads/1";
        row.created_at = 100;
        imports::create(session, row);
    };

    SECTION("pages") {
        check_pages(create, [&](Scope scope, Id before, int limit) {
            return imports::list(session, scope, before, limit);
        });
    }
    SECTION("progress is fenced by the row where it began") {
        create(1, ours);
        Import row = imports::find(session, ours, 1).value();
        row.state = "running";
        row.next_row = 1'000;
        row.n_created = 990;
        row.n_failed = 10;
        CHECK(imports::progress(session, row, 0));
        CHECK_FALSE(imports::progress(session, row, 0));
        const Import now = imports::find(session, ours, 1).value();
        CHECK(now.state == "running");
        CHECK(now.next_row == 1'000);
        CHECK(now.n_created == 990);
        CHECK(now.n_failed == 10);
    }
    SECTION("end once") {
        create(1, ours);
        create(2, theirs);
        CHECK(imports::next_unfinished(session, 0)->id == 1);
        CHECK(imports::next_unfinished(session, 1)->id == 2);
        Import row = imports::find(session, ours, 1).value();
        row.state = "failed";
        row.error = "The file is empty.";
        CHECK(imports::finish(session, row, 700));
        CHECK_FALSE(imports::finish(session, row, 800));
        row.next_row = 5;
        CHECK_FALSE(imports::progress(session, row, 0));
        CHECK(imports::find(session, ours, 1)->finished_at == 700);
        CHECK(imports::find(session, ours, 1)->error == "The file is empty.");
        CHECK(imports::next_unfinished(session, 0)->id == 2);
    }
    SECTION("errors, in the order of the file") {
        create(1, ours);
        imports::append_errors(session, ours, 1,
                               std::vector<ImportError>{{9, "phone", "invalid_phone", "Too short.", "12"},
                                                        {3, "phone", "missing_phone", "None.", ",x"}});
        imports::append_errors(session, ours, 1,
                               std::vector<ImportError>{{12, "name", "too_long", "Long.", "y"}});
        const auto page = imports::errors(session, ours, 1, 0, 2);
        REQUIRE(page.size() == 2);
        CHECK(page[0].line == 3);
        CHECK(page[0].reason == "missing_phone");
        CHECK(page[1].line == 9);
        CHECK(page[1].raw == "12");
        CHECK(imports::errors(session, ours, 1, 9, 2).size() == 1);
        CHECK(imports::errors(session, theirs, 1, 0, 2).empty());
    }
}

TEST_CASE("templates") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    const auto sync = [&](Scope scope, Id connection_id, std::int64_t run, std::vector<std::string> names,
                          std::string status = "approved") {
        std::vector<Template> rows;
        for (const std::string& name : names)
            rows.push_back({0, 0, 0, name, "en", "MARKETING", status, "id-" + name, R"([{"type":"BODY"}])",
                            "", run, 50});
        templates::upsert(session, scope, connection_id, rows);
    };

    SECTION("a page adds and overwrites, and ids stay") {
        sync(ours, 1, 1, {"a", "b"});
        const Template before = templates::find(session, ours, 1, "a", "en").value();
        sync(ours, 1, 2, {"a", "c"}, "paused");
        const Template after = templates::find(session, ours, 1, "a", "en").value();
        CHECK(after.id == before.id);
        CHECK(after.status == "paused");
        CHECK(after.run == 2);
        CHECK(after.components == R"([{"type":"BODY"}])");
        CHECK(templates::list(session, ours, {}, 0, 10).size() == 3);
        CHECK(templates::find(session, ours, after.id)->name == "a");
    }
    SECTION("those that a complete sync did not see are gone, of that connection only") {
        sync(ours, 1, 1, {"a", "b", "c"});
        sync(ours, 2, 1, {"a"});
        sync(ours, 1, 2, {"b"});
        CHECK(templates::mark_gone(session, theirs, 1, 2, 60) == 0);
        CHECK(templates::mark_gone(session, ours, 1, 2, 60) == 2);
        CHECK(templates::mark_gone(session, ours, 1, 2, 61) == 0);
        CHECK(templates::find(session, ours, 1, "a", "en")->status == "gone");
        CHECK(templates::find(session, ours, 1, "b", "en")->status == "approved");
        CHECK(templates::find(session, ours, 2, "a", "en")->status == "approved");
    }
    SECTION("lists are filtered and paged") {
        sync(ours, 1, 1, {"a", "b", "c"});
        sync(ours, 2, 1, {"d"}, "rejected");
        sync(theirs, 3, 1, {"e"});
        const auto all = templates::list(session, ours, {}, 0, 10);
        REQUIRE(all.size() == 4);
        CHECK(ids(templates::list(session, ours, {}, all[1].id, 1)) == Ids{all[2].id});
        CHECK(templates::list(session, ours, {1, ""}, 0, 10).size() == 3);
        CHECK(templates::list(session, ours, {0, "rejected"}, 0, 10).at(0).name == "d");
        CHECK(templates::list(session, ours, {3, ""}, 0, 10).empty());
        CHECK_FALSE(templates::find(session, ours, 3, "e", "en"));
    }
    SECTION("a webhook changes the status of one") {
        sync(ours, 1, 1, {"a"});
        CHECK(templates::set_status(session, ours, 1, "a", "en", "rejected", "Too pushy.", 70));
        CHECK(templates::set_status(session, ours, 1, "a", "en", "rejected", "Too pushy.", 70));
        CHECK_FALSE(templates::set_status(session, ours, 1, "a", "de", "rejected", "", 70));
        CHECK_FALSE(templates::set_status(session, theirs, 1, "a", "en", "approved", "", 70));
        const Template now = templates::find(session, ours, 1, "a", "en").value();
        CHECK(now.status == "rejected");
        CHECK(now.reason == "Too pushy.");
    }
}

TEST_CASE("template syncs") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    for (Id id = 1; id <= 3; ++id) connections::create(session, connection(id));
    connections::set_state(session, ours, 3, "disabled", "", 1);
    const auto due = [&](std::int64_t before) {
        std::vector<Id> list;
        for (const auto& d : template_syncs::due(session, before, 10)) list.push_back(d.connection);
        return list;
    };
    CHECK(due(100) == Ids{1, 2});

    template_syncs::save(session, {1, ours.tenant, 1, "page-2", "{\"after\":\"x\"}", "running", "", 100, 0});
    CHECK(due(100) == Ids{2});
    CHECK(due(101) == Ids{1, 2});
    REQUIRE(template_syncs::running(session, 10).size() == 1);
    CHECK(template_syncs::running(session, 10)[0].memo == "{\"after\":\"x\"}");

    template_syncs::save(session, {1, ours.tenant, 1, "", "", "done", "", 100, 140});
    CHECK(template_syncs::running(session, 10).empty());
    CHECK(template_syncs::find(session, ours, 1)->finished_at == 140);
    CHECK_FALSE(template_syncs::find(session, theirs, 1));
}

TEST_CASE("the audit log") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    check_pages(
        [&](Id id, Scope scope) {
            audit::append(session,
                          {id, scope.tenant, "key_1", "connection.update", "con_1", "{}", "192.0.2.1", 50});
        },
        [&](Scope scope, Id before, int limit) { return audit::list(session, scope, before, limit); });
    CHECK(audit::list(session, ours, 0, 1)[0].action == "connection.update");
    CHECK(audit::list(session, ours, 0, 1)[0].peer == "192.0.2.1");
}
