#include "store/contacts.hpp"

#include "databases.hpp"

using namespace dakiya;
using namespace dakiya::store;

namespace {

constexpr Scope ours{7}, theirs{8};

Contact person(std::string phone, std::string email = "", std::string name = "",
               std::string attributes = "{}", std::vector<std::string> tags = {}) {
    Contact contact;
    contact.phone = std::move(phone);
    contact.email = std::move(email);
    contact.name = std::move(name);
    contact.attributes = std::move(attributes);
    contact.tags = std::move(tags);
    return contact;
}

Contact stored(Id id, Scope scope, std::string phone, std::string email = "",
               std::vector<std::string> tags = {}) {
    Contact contact = person(std::move(phone), std::move(email), "Name", "{}", std::move(tags));
    contact.id = id;
    contact.tenant = scope.tenant;
    contact.created_at = contact.updated_at = 100;
    return contact;
}

std::vector<Id> ids(const std::vector<Contact>& contacts) {
    std::vector<Id> list;
    for (const Contact& contact : contacts) list.push_back(contact.id);
    return list;
}

using Ids = std::vector<Id>;
using Tags = std::vector<std::string>;

}  // namespace

TEST_CASE("a contact comes back as it went in") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    Contact contact = stored(1, ours, "+491701", "a@example.com", {"new", "vip"});
    contact.attributes = R"({"city":"Köln"})";
    contacts::create(session, contact);
    for (const auto& found :
         {contacts::find(session, ours, 1), contacts::find_by_phone(session, ours, "+491701"),
          contacts::find_by_email(session, ours, "a@example.com")}) {
        REQUIRE(found);
        CHECK(found->id == 1);
        CHECK(found->tenant == ours.tenant);
        CHECK(found->phone == "+491701");
        CHECK(found->email == "a@example.com");
        CHECK(found->name == "Name");
        CHECK(found->attributes == R"({"city":"Köln"})");
        CHECK(found->tags == Tags{"new", "vip"});
    }
    CHECK_FALSE(contacts::find(session, theirs, 1));
    CHECK_FALSE(contacts::find_by_phone(session, theirs, "+491701"));
    CHECK_FALSE(contacts::find_by_email(session, theirs, "a@example.com"));
}

TEST_CASE("a phone or address is one contact's only, per tenant") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    contacts::create(session, stored(1, ours, "+491701", "a@example.com"));
    contacts::create(session, stored(2, theirs, "+491701", "a@example.com"));
    contacts::create(session, stored(3, ours, "", "", {}));
    contacts::create(session, stored(4, ours, "", "", {}));  // no phone and no address is nobody's

    CHECK(contacts::clash(session, ours, stored(5, ours, "+491701")) == "phone");
    CHECK(contacts::clash(session, ours, stored(5, ours, "+491702", "a@example.com")) == "email");
    CHECK(contacts::clash(session, ours, stored(5, ours, "+491702")).empty());
    CHECK(contacts::clash(session, ours, stored(1, ours, "+491701", "a@example.com")).empty());
    CHECK_THROWS_AS(contacts::create(session, stored(5, ours, "+491701")), DbError);
}

TEST_CASE("a change writes everything, for its tenant only") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    contacts::create(session, stored(1, ours, "+491701", "a@example.com", {"old", "vip"}));
    Contact changed = stored(1, ours, "+491709", "", {"new", "vip"});
    CHECK(contacts::update(session, changed, 200));
    CHECK(contacts::update(session, changed, 200));  // again, with nothing to change
    const Contact now = contacts::find(session, ours, 1).value();
    CHECK(now.phone == "+491709");
    CHECK(now.email.empty());
    CHECK(now.tags == Tags{"new", "vip"});
    CHECK(now.updated_at == 200);

    changed.tenant = theirs.tenant;
    CHECK_FALSE(contacts::update(session, changed, 300));
    CHECK_FALSE(contacts::remove(session, theirs, 1));
    CHECK(contacts::find(session, ours, 1)->tags.size() == 2);
    CHECK(contacts::remove(session, ours, 1));
    CHECK_FALSE(contacts::remove(session, ours, 1));
    CHECK(contacts::count(session, ours, {.tags = {"vip"}}) == 0);
}

TEST_CASE("pages of contacts, all or by tags") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    for (Id id = 10; id < 20; ++id)
        contacts::create(session, stored(id, id == 15 ? theirs : ours, "+49" + std::to_string(id), "",
                                         id % 3 == 0   ? Tags{"three"}
                                         : id % 2 == 0 ? Tags{"even", "two"}
                                                       : Tags{}));

    struct Case {
        Tags tags;
        Ids all;
    };
    const auto expected = GENERATE(values<Case>({{{}, {10, 11, 12, 13, 14, 16, 17, 18, 19}},
                                                 {{"three"}, {12, 18}},
                                                 {{"three", "even", "two"}, {10, 12, 14, 16, 18}},
                                                 {{"nobody"}, {}}}));
    const ContactFilter filter{expected.tags};
    CHECK(contacts::count(session, ours, filter) == static_cast<std::int64_t>(expected.all.size()));

    Ids walked;
    for (Id after = 0;;) {
        const auto page = contacts::walk(session, ours, filter, after, 2);
        if (page.empty()) break;
        CHECK(page.size() <= 2);
        for (const Contact& contact : page) walked.push_back(contact.id);
        after = page.back().id;
    }
    CHECK(walked == expected.all);

    Ids listed;
    for (Id before = 0;;) {
        const auto page = contacts::list(session, ours, filter, before, 2);
        if (page.empty()) break;
        for (const Contact& contact : page) listed.push_back(contact.id);
        before = page.back().id;
    }
    CHECK(listed == Ids(expected.all.rbegin(), expected.all.rend()));
}

TEST_CASE("contacts by many ids") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    for (Id id = 1; id <= 5; ++id)
        contacts::create(session, stored(id, id == 3 ? theirs : ours, "+49" + std::to_string(id)));
    CHECK(ids(contacts::find_many(session, ours, Ids{5, 99, 3, 1})) == Ids{1, 5});
    CHECK(contacts::find_many(session, ours, Ids{}).empty());
}

TEST_CASE("an import page creates and updates") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    contacts::create(session, stored(1, ours, "+491", "one@example.com", {"old"}));
    contacts::create(session, stored(2, theirs, "+492"));
    const auto upsert = [&](std::vector<Contact> rows) { return contacts::upsert(session, ours, rows, 200); };

    SECTION("new people") {
        const Upserted done = upsert(
            {person("+492", "two@example.com", "Two", R"({"city":"Pune"})", {"fair"}), person("+493")});
        CHECK(done.created == 2);
        CHECK(done.updated == 0);
        const Contact two = contacts::find_by_phone(session, ours, "+492").value();
        CHECK(two.email == "two@example.com");
        CHECK(two.attributes == R"({"city":"Pune"})");
        CHECK(two.tags == Tags{"fair"});
        CHECK(two.created_at == 200);
        CHECK(contacts::find_by_phone(session, theirs, "+492")->name == "Name");
    }
    SECTION("a known person keeps the id and what the row leaves empty") {
        upsert({person("+491", "", "", R"({"city":"Pune","plan":"a"})", {"old", "fair"})});
        const Upserted done = upsert({person("+491", "", "New name", R"({"plan":"b"})")});
        CHECK(done.created == 0);
        CHECK(done.updated == 1);
        const Contact one = contacts::find(session, ours, 1).value();
        CHECK(one.email == "one@example.com");
        CHECK(one.name == "New name");
        CHECK(one.attributes == R"({"city":"Pune","plan":"b"})");
        CHECK(one.tags == Tags{"fair", "old"});
        CHECK(one.created_at == 100);
        CHECK(one.updated_at == 200);
    }
    SECTION("an address of somebody else is left out and named") {
        const Upserted done = upsert({person("+494"), person("+495", "one@example.com"),
                                      person("+496", "six@example.com"), person("+497", "six@example.com")});
        CHECK(done.created == 4);
        CHECK(done.email_taken == std::vector<std::size_t>{1, 3});
        CHECK(contacts::find_by_phone(session, ours, "+495")->email.empty());
        CHECK(contacts::find_by_email(session, ours, "one@example.com")->id == 1);
        CHECK(contacts::find_by_email(session, ours, "six@example.com")->phone == "+496");
    }
    SECTION("a person known by the address only gets the phone") {
        contacts::create(session, stored(3, ours, "", "three@example.com"));
        const Upserted done = upsert({person("+493", "three@example.com")});
        CHECK(done.updated == 1);
        CHECK(contacts::find(session, ours, 3)->phone == "+493");
    }
    SECTION("people without a phone, by their address") {
        CHECK(upsert({person("", "x@example.com", "X")}).created == 1);
        CHECK(upsert({person("", "x@example.com", "Y")}).updated == 1);
        CHECK(contacts::find_by_email(session, ours, "x@example.com")->name == "Y");
    }
    SECTION("the same person twice in a page") {
        const Upserted done =
            upsert({person("", "x@example.com", "First"), person("+499", "x@example.com", "Second")});
        CHECK(done.created == 1);
        CHECK(done.updated == 1);
        const Contact x = contacts::find_by_email(session, ours, "x@example.com").value();
        CHECK(x.phone == "+499");
        CHECK(x.name == "Second");
    }
    SECTION("a thousand, twice") {
        std::vector<Contact> rows;
        for (int i = 0; i < 1'000; ++i)
            rows.push_back(person("+4917" + std::to_string(i), "", "N", "{}", {"bulk"}));
        CHECK(upsert(rows).created == 1'000);
        CHECK(upsert(rows).updated == 1'000);
        CHECK(contacts::count(session, ours, {.tags = {"bulk"}}) == 1'000);
        CHECK(contacts::count(session, ours, {}) == 1'001);
    }
    SECTION("nothing") {
        const Upserted done = upsert({});
        CHECK(done.created + done.updated == 0);
    }
}
