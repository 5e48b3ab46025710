#include "send/verdict.hpp"

#include <catch2/catch.hpp>

#include "fakes.hpp"

using namespace dakiya;
using namespace dakiya::send;
using domain::Class;
using How = Verdict::How;

namespace {

Verdict judge_one(Ended ended, int attempt = 1) { return judge(ended, 1, attempt, 0).at(0); }

Ended finished(std::vector<plugin::Record> records) {
    Ended ended;
    ended.records = std::move(records);
    return ended;
}

Ended ended_as(Ended::How how) {
    Ended ended;
    ended.how = how;
    ended.cls = how == Ended::How::fault ? Class::plugin : Class::provider;
    ended.code = "c";
    ended.text = "t";
    return ended;
}

}  // namespace

TEST_CASE("a result that says sent carries id, parts and cost") {
    const Verdict v =
        judge_one(finished({result(0, "sent", Json{{"id", "SM1"}, {"parts", 2}, {"cost", 15'000}})}));
    CHECK(v.how == How::sent);
    CHECK(v.provider_id == "SM1");
    CHECK(v.parts == 2);
    CHECK(v.cost == 15'000);
}

TEST_CASE("failures are retried as their class says") {
    struct Row {
        const char* cls;
        int attempt;
        std::int64_t hint_ms;
        How how;
    };
    const auto row = GENERATE(values<Row>({
        {"recipient", 1, 0, How::failed},    {"opted_out", 1, 0, How::failed},
        {"window", 1, 0, How::failed},       {"content", 1, 0, How::failed},
        {"template", 1, 0, How::failed},     {"policy", 1, 0, How::failed},
        {"policy", 1, 60'000, How::again},   {"throttled", 1, 0, How::again},
        {"throttled", 9, 1'000, How::again}, {"provider", 1, 0, How::again},
        {"provider", 9, 0, How::again},      {"auth", 1, 0, How::failed},
        {"balance", 1, 0, How::failed},      {"quota", 1, 0, How::failed},
        {"config", 1, 0, How::failed},       {"plugin", 1, 0, How::again},
        {"plugin", 2, 0, How::failed},       {"other", 1, 0, How::again},
        {"other", 2, 0, How::failed},        {"lunar", 2, 0, How::failed},
    }));
    INFO(row.cls << " attempt " << row.attempt);
    const Verdict v = judge_one(finished({failed_result(0, row.cls, "131026", row.hint_ms)}), row.attempt);
    CHECK(v.how == row.how);
    CHECK(v.code == "131026");
    CHECK(v.text == "no");
    CHECK(v.cls == domain::parse_class(row.cls));
}

TEST_CASE("an error may say how many attempts there are altogether, and that its file is to come anew") {
    struct Row {
        const char* cls;
        Json more;
        int attempt;
        How how;
        bool file_gone;
    };
    const Json three{{"tries", 3}}, gone{{"media", "gone"}};
    const Row rows[] = {
        {"provider", three, 2, How::again, false},
        {"provider", three, 3, How::failed, false},
        {"provider", Json{{"tries", 0}}, 9, How::again, false},
        {"provider", Json{{"tries", -1}}, 9, How::again, false},
        {"content", three, 1, How::failed, false},  // a class that is not tried again stays one
        {"content", gone, 1, How::again, true},
        {"content", gone, 2, How::failed, false},
        {"content", Json{{"media", "gone"}, {"tries", 1}}, 1, How::failed, false},
        {"content", Json{{"media", "heavy"}}, 1, How::failed, false},
    };
    for (const Row& row : rows) {
        Json error = row.more;
        error.set("class", row.cls);
        INFO(error.dump() << " attempt " << row.attempt);
        const Verdict v = judge_one(finished({result(0, "failed", Json{{"error", error}})}), row.attempt);
        CHECK(v.how == row.how);
        CHECK(v.file_gone == row.file_gone);
        CHECK(v.cls == domain::parse_class(row.cls));
        // Ten in a row would pause the campaign.
        if (v.file_gone) CHECK(ending_of(v, 1).cls == Class::other);
    }
}

TEST_CASE("a retry waits at least as long as the provider said") {
    for (const std::uint64_t random : {0ULL, 1ULL, 12'345'678'901ULL, ~0ULL}) {
        const Verdict v = judge(finished({failed_result(0, "throttled", "429", 30'000)}), 1, 1, random).at(0);
        CHECK(v.wait >= Millis(30'000));
        CHECK(v.wait <= Millis(31'000));
    }
}

TEST_CASE("without a result, how the operation ended decides") {
    struct Row {
        Ended::How how;
        int attempt;
        How expected;
        const char* code;
    };
    const auto row = GENERATE(values<Row>({
        {Ended::How::not_sent, 1, How::again, "c"},
        {Ended::How::not_sent, 40, How::again, "c"},
        {Ended::How::unknown, 1, How::uncertain, "c"},
        {Ended::How::fault, 1, How::again, "c"},
        {Ended::How::fault, 2, How::failed, "c"},
        {Ended::How::finished, 1, How::uncertain, "no_result"},
    }));
    const Verdict v = judge_one(ended_as(row.how), row.attempt);
    CHECK(v.how == row.expected);
    CHECK(v.code == row.code);
    CHECK_FALSE(v.text.empty());
}

TEST_CASE("a repeat that was refused says nothing of the copy whose answer was lost") {
    const auto after_a_lost_answer = [](plugin::Record record) {
        Ended ended = finished({std::move(record)});
        ended.earlier_copy = true;
        return judge_one(std::move(ended));
    };
    const Json throttled{{"error", Json{{"class", "throttled"}, {"code", "429"}, {"text", "slow down"}}}};
    const Verdict v = after_a_lost_answer(result(0, "failed", throttled));
    CHECK(v.how == How::uncertain);
    CHECK(v.code == "429");
    CHECK(v.text == "an answer was lost, and the repeat was refused: slow down");
    CHECK(v.wait == Millis(0));
    const Json nobody{{"error", Json{{"class", "recipient"}}}};
    CHECK(after_a_lost_answer(result(0, "failed", nobody)).how == How::uncertain);
    CHECK(after_a_lost_answer(result(0, "sent", Json{{"id", "a"}})).how == How::sent);
}

TEST_CASE("each recipient of a batch gets its own verdict, in order") {
    Ended ended = ended_as(Ended::How::unknown);
    ended.records = {result(2, "sent", Json{{"id", "c"}}),
                     failed_result(0, "recipient", "21211"),
                     {"event", Json{{"kind", "status"}}}};
    const auto verdicts = judge(ended, 4, 1, 0);
    REQUIRE(verdicts.size() == 4);
    CHECK(verdicts[0].how == How::failed);
    CHECK(verdicts[1].how == How::uncertain);
    CHECK(verdicts[2].how == How::sent);
    CHECK(verdicts[2].provider_id == "c");
    CHECK(verdicts[3].how == How::uncertain);
    CHECK(events_of(ended).size() == 1);
}

TEST_CASE("a second result for the same recipient, and one for nobody, change nothing") {
    const auto verdicts = judge(finished({result(0, "sent", Json{{"id", "a"}}),
                                          failed_result(0, "recipient", "x"), result(9, "sent")}),
                                1, 1, 0);
    REQUIRE(verdicts.size() == 1);
    CHECK(verdicts[0].how == How::sent);
    CHECK(verdicts[0].provider_id == "a");
}

TEST_CASE("a provider's own uncertainty keeps its id, for the look-up") {
    const Verdict v = judge_one(finished({result(0, "uncertain", Json{{"id", "maybe-1"}})}));
    CHECK(v.how == How::uncertain);
    CHECK(v.provider_id == "maybe-1");
}

TEST_CASE("when no verdict can be given of a call, all its messages are uncertain") {
    const plugin::Record to_nobody{"result", Json{{"status", "sent"}}};
    const auto verdicts = judge(finished({result(0, "sent"), to_nobody}), 3, 1, 0);
    REQUIRE(verdicts.size() == 3);
    for (const Verdict& verdict : verdicts) {
        CHECK(verdict.how == How::uncertain);
        CHECK(verdict.code == "bad_result");
    }
}
