// What the engines look at, however many campaigns there are: none waits behind those that cannot go on now.
#include "databases.hpp"
#include "store/campaigns.hpp"
#include "store/chunks.hpp"
#include "store/fallbacks.hpp"

using namespace dakiya;
using namespace dakiya::store;
using domain::CampaignState;

namespace {

constexpr std::int64_t now_ms = 10'000;

void make(Session& session, Id id, CampaignState state, std::int64_t scheduled_at = 0) {
    Campaign campaign;
    campaign.id = id;
    campaign.tenant = 7;
    campaign.name = "x";
    campaign.state = state;
    campaign.connection = 1;
    campaign.channel = "sms";
    campaign.content = campaign.audience = "{}";
    campaign.scheduled_at = scheduled_at;
    campaign.fallback = "[]";
    campaigns::create(session, campaign);
}

// Of one message; open from not_before on.
Chunk chunk(Id campaign, std::int64_t not_before, std::int64_t closes_at = 0) {
    Chunk made;
    made.campaign = campaign;
    made.tenant = 7;
    made.first_id = made.last_id = made.cursor_id = made.intent_id = campaign * 100;
    made.not_before = not_before;
    made.closes_at = closes_at;
    return made;
}

std::vector<Id> ids(const std::vector<Campaign>& list) {
    std::vector<Id> found;
    for (const Campaign& campaign : list) found.push_back(campaign.id);
    return found;
}

using Ids = std::vector<Id>;

}  // namespace

TEST_CASE("all campaigns have their turn, a few at a time") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    for (Id id = 1; id <= 5; ++id) make(session, id, CampaignState::sending);
    make(session, 6, CampaignState::paused);
    const auto turn = [&](int limit, Id after) {
        return campaigns::in_state(session, CampaignState::sending, limit, after);
    };
    CHECK(ids(turn(5, 0).campaigns) == Ids{1, 2, 3, 4, 5});
    CHECK(turn(6, 0).last == 0);
    CHECK(ids(turn(2, 0).campaigns) == Ids{1, 2});
    CHECK(turn(2, 0).last == 2);
    CHECK(ids(turn(2, 2).campaigns) == Ids{3, 4});
    CHECK(ids(turn(2, 4).campaigns) == Ids{5, 1});
    CHECK(turn(2, 4).last == 1);
    CHECK(ids(turn(9, 4).campaigns) == Ids{5, 1, 2, 3, 4});  // each once
    CHECK(turn(9, 4).last == 0);
}

TEST_CASE("campaigns that wait for their time take nobody's turn") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    for (Id id = 1; id <= 6; ++id) make(session, id, CampaignState::sending);
    chunks::create(session, chunk(2, now_ms + 1));
    chunks::create(session, chunk(3, 0));
    chunks::create(session, chunk(4, 0, now_ms));  // closed
    Chunk ended = chunk(5, 0);
    ended.done = true;
    chunks::create(session, ended);
    Chunk left = chunk(6, 0, now_ms);  // closed, and marked by a lost owner
    ++left.intent_id;
    chunks::create(session, left);
    CHECK(ids(campaigns::with_open_chunks(session, now_ms, 10, 0).campaigns) == Ids{3, 6});
    CHECK(ids(campaigns::with_open_chunks(session, now_ms + 1, 10, 0).campaigns) == Ids{2, 3, 6});
}

TEST_CASE("what is due is found behind what is not") {
    TestDatabase db(GENERATE_REF(from_range(dialects())));
    Session& session = db.session();
    SECTION("scheduled campaigns") {
        make(session, 1, CampaignState::scheduled, now_ms + 1);
        make(session, 2, CampaignState::scheduled, now_ms);
        make(session, 3, CampaignState::scheduled, now_ms - 1);
        CHECK(ids(campaigns::to_start(session, now_ms, 1)) == Ids{3});
        CHECK(ids(campaigns::to_start(session, now_ms, 9)) == Ids{3, 2});
    }
    SECTION("further steps") {
        make(session, 1, CampaignState::sending);
        make(session, 2, CampaignState::sending);
        make(session, 3, CampaignState::paused);
        const Fallback rows[] = {{11, 7, 1, now_ms + 1}, {12, 7, 2, now_ms}, {13, 7, 3, now_ms}};
        fallbacks::insert(session, rows);
        CHECK(ids(campaigns::routes_due(session, now_ms, 1)) == Ids{2});
        CHECK(ids(campaigns::routes_due(session, now_ms + 1, 9)) == Ids{1, 2});
    }
}
