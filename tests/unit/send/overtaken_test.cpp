// The last look at suppressions before messages are marked.
#include "send/overtaken.hpp"

#include "databases.hpp"
#include "domain/admission.hpp"
#include "store/suppressions.hpp"

using namespace dakiya;
using namespace dakiya::send;

namespace {

constexpr store::Scope scope{7}, neighbour{8};

store::Message message(Id id, const std::string& address) {
    store::Message m;
    m.id = id;
    m.tenant = scope.tenant;
    m.campaign = 90;
    m.channel = "sms";
    m.address = address;
    return m;
}

void close_address(store::Session& session, store::Scope whose, const std::string& address) {
    store::suppressions::add(session, whose, {"sms", address, domain::Suppression::opted_out, "test", 1});
}

}  // namespace

TEST_CASE("an address that was closed since its message was looked up is overtaken") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    const std::vector<store::Message> messages{message(1, "+911"), message(2, "+912")};
    const auto look = [&](std::optional<std::int64_t> version) {
        Overtaken overtaken;
        const Launch launch{messages, domain::Follows::retry, version, &overtaken};
        find_overtaken(session, {&launch, 1});
        return overtaken;
    };
    const auto version = store::suppressions::version(session, scope);
    CHECK(look(version).empty());
    CHECK(look(std::nullopt).empty());

    close_address(session, neighbour, "+912");
    CHECK(look(version).empty());
    close_address(session, scope, "+912");
    CHECK(look(version) == Overtaken{{2, domain::reason::suppressed}});
    CHECK(look(std::nullopt) == Overtaken{{2, domain::reason::suppressed}});
}

TEST_CASE("one that was looked up and one that was not are marked together") {
    store::TestDatabase db(GENERATE_REF(from_range(store::dialects())));
    store::Session& session = db.session();
    close_address(session, scope, "+911");
    const auto version = store::suppressions::version(session, scope);
    const std::vector<store::Message> open{message(1, "+912")}, orphan{message(2, "+911")};
    Overtaken of_open, of_orphan;
    const std::vector<Launch> launches{{open, domain::Follows::retry, version, &of_open},
                                       {orphan, domain::Follows::retry, std::nullopt, &of_orphan}};
    find_overtaken(session, launches);
    CHECK(of_open.empty());
    CHECK(of_orphan == Overtaken{{2, domain::reason::suppressed}});
}
