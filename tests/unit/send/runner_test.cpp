// A chunk in the dispatcher's hands: what each commit marks, moves and counts.
#include "send/runner.hpp"

#include <catch2/catch.hpp>

using namespace dakiya;
using namespace dakiya::send;
using domain::CampaignState;
using store::Message;

namespace {

// Messages 100 … 100 + n - 1.
Runner runner_of(int n) {
    Runner runner;
    runner.id = 1;
    runner.chunk.campaign = 9;
    runner.chunk.first_id = runner.chunk.cursor_id = runner.chunk.intent_id = 100;
    runner.chunk.last_id = 100 + n - 1;
    runner.chunk.lease_until = 5'000;
    for (int i = 0; i < n; ++i) {
        Message message;
        message.id = 100 + i;
        message.campaign = 9;
        runner.unmarked.push_back(message);
    }
    return runner;
}

void end(Runner& runner, Id id, Verdict::How how = Verdict::How::sent) {
    Message message;
    message.id = id;
    message.campaign = 9;
    Verdict verdict;
    verdict.how = how;
    Attempt attempt;
    attempt.deadline_at = 1'000'000;
    runner.ready.add(message, verdict, attempt);
    --runner.on_the_way;
}

Commit step(Runner& runner, int mark, CampaignState found = CampaignState::sending) {
    Commit commit = next_commit(runner, mark, 9'000, Steady(Millis(7)));
    commit.state = found;
    commit.marked = !commit.launch.empty() && found == CampaignState::sending;
    committed(runner, commit);
    return commit;
}

}  // namespace

TEST_CASE("marks and outcomes move intent and cursor") {
    Runner runner = runner_of(5);
    Commit first = step(runner, 3);
    CHECK(first.launch.size() == 3);
    CHECK(first.cursor == 100);
    CHECK(first.intent == 103);
    CHECK(runner.on_the_way == 3);

    end(runner, 101);
    CHECK(step(runner, 0).cursor == 100);  // 100 is not settled
    end(runner, 100);
    Commit third = step(runner, 2);
    CHECK(third.cursor == 102);
    CHECK(third.intent == 105);
    for (const Id id : {102, 103, 104}) end(runner, id);
    Commit last = step(runner, 0);
    CHECK(last.last);
    CHECK(last.cursor == 105);
    CHECK(runner.chunk.totals.sent == 5);
    CHECK(unattempted(runner.chunk, {}) == 0);
}

TEST_CASE("what is tried again later is settled here and counted as deferred") {
    Runner runner = runner_of(1);
    step(runner, 1);
    end(runner, 100, Verdict::How::again);
    const Commit last = step(runner, 0);
    CHECK(last.last);
    CHECK(last.flush.deferred.size() == 1);
    CHECK(last.flush.outcomes.empty());
    CHECK(runner.chunk.totals.deferred == 1);
    CHECK(unattempted(runner.chunk, {}) == 0);
}

TEST_CASE("a pause found by the commit gives back what it was to mark, in order") {
    const CampaignState found = GENERATE(CampaignState::paused, CampaignState::cancelled);
    Runner runner = runner_of(5);
    step(runner, 2);
    const Commit commit = step(runner, 2, found);
    CHECK(runner.draining);
    CHECK(runner.cancelled == (found == CampaignState::cancelled));
    CHECK(runner.on_the_way == 2);
    CHECK(runner.chunk.intent_id == 102);
    REQUIRE(runner.unmarked.size() == 3);
    CHECK(runner.unmarked.front().id == 102);
    CHECK(commit.cursor == 100);
}

TEST_CASE("a cancelled chunk ends with everything that was never attempted") {
    Runner runner = runner_of(10);
    runner.chunk.totals.skipped = 2;  // by admission: 108 and 109 are not in unmarked
    runner.unmarked.resize(8);
    step(runner, 3);
    end(runner, 100);
    end(runner, 101, Verdict::How::again);
    end(runner, 102, Verdict::How::uncertain);
    step(runner, 1, CampaignState::cancelled);
    const Commit last = step(runner, 0, CampaignState::cancelled);
    CHECK(last.last);
    const store::ChunkTotals& t = runner.chunk.totals;
    CHECK(t.sent == 1);
    CHECK(t.deferred == 1);
    CHECK(t.uncertain == 1);
    CHECK(t.skipped == 2);
    CHECK(t.cancelled == 5);
}

TEST_CASE("what a lost owner had marked is sent again without moving the mark back") {
    Runner runner = runner_of(10);
    runner.chunk.intent_id = 106;  // 100 to 105 were marked, 102 and 104 have no outcome
    Message orphan;
    runner.unmarked.erase(runner.unmarked.begin(), runner.unmarked.begin() + 6);
    for (const Id id : {104, 102}) {
        orphan.id = id;
        runner.unmarked.push_front(orphan);
    }
    const Commit first = step(runner, 1);
    CHECK(first.launch.front().id == 102);
    CHECK(first.intent == 106);
    CHECK(first.cursor == 102);
    end(runner, 102);
    const Commit second = step(runner, 2);
    CHECK(second.cursor == 104);
    CHECK(second.intent == 107);
}

TEST_CASE("what is found overtaken while it is marked is counted, and not on its way") {
    Runner runner = runner_of(4);
    runner.chunk.intent_id = 101;  // 100 was marked by a lost owner and was to be sent again
    Commit commit = next_commit(runner, 3, 9'000, Steady(Millis(7)));
    commit.marked = true;
    commit.overtaken = {{100, "suppressed"}, {102, "suppressed"}};
    commit.not_launched.uncertain = commit.not_launched.skipped = 1;  // as write_commits counts them
    committed(runner, commit);
    CHECK(runner.on_the_way == 1);
    CHECK(commit.launch.size() == 1);
    CHECK(runner.chunk.totals.skipped == 1);
    CHECK(runner.chunk.totals.uncertain == 1);
    CHECK(unattempted(runner.chunk, {}) == 2);
}

TEST_CASE("the lease's end moves with every commit, even when the clock does not") {
    Runner runner = runner_of(5);
    CHECK(next_commit(runner, 0, 5'000, {}).lease_until == 5'001);
    CHECK(next_commit(runner, 0, 4'000, {}).lease_until == 5'001);
    CHECK(next_commit(runner, 0, 6'000, {}).lease_until == 6'000);
}
