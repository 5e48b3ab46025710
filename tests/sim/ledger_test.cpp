#include "ledger.hpp"
#include "fate.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <sstream>

using namespace sim;
using dakiya::Json;

namespace {

std::size_t add(Ledger& ledger, Provider provider, std::uint64_t to, std::string_view ref,
                std::uint32_t batch = 0) {
    Message message;
    message.provider = provider;
    message.to = to;
    message.kind = "text";
    message.ref = ref;
    message.text = "hello";
    return ledger.add(message, Timeline{}, 1'795'100'000'000, false, batch);
}

std::int64_t duplicates(const Ledger& ledger, const char* provider) {
    return ledger.summary()[provider]["duplicates"];
}

}  // namespace

TEST_CASE("a reference that comes twice is a duplicate") {
    Ledger ledger(7);
    add(ledger, Provider::meta, 919812345678, "r=1");
    add(ledger, Provider::meta, 919812345679, "r=2");
    CHECK(duplicates(ledger, "meta") == 0);
    add(ledger, Provider::meta, 919812345679, "r=2");
    CHECK(duplicates(ledger, "meta") == 1);
    CHECK(ledger.summary()["meta"]["distinct_refs"] == Json(2));
    CHECK(duplicates(ledger, "twilio") == 0);
}

TEST_CASE("without a reference a number may come once per label") {
    Ledger ledger(7);
    add(ledger, Provider::meta, 919812345678, "");
    ledger.set_label("second campaign");
    add(ledger, Provider::meta, 919812345678, "");
    CHECK(duplicates(ledger, "meta") == 0);
    add(ledger, Provider::meta, 919812345678, "");
    CHECK(duplicates(ledger, "meta") == 1);
}

TEST_CASE("the recipients of one MSG91 request share its reference and id") {
    Ledger ledger(7);
    const std::uint32_t batch = ledger.next_batch();
    const std::size_t first = add(ledger, Provider::msg91, 919812345678, "c1", batch);
    const std::size_t second = add(ledger, Provider::msg91, 919812345679, "c1", batch);
    CHECK(duplicates(ledger, "msg91") == 0);
    CHECK(ledger.id(first) == ledger.id(second));
    CHECK(ledger.first_of_batch(*ledger.number_of(ledger.id(second))) == first);
    add(ledger, Provider::msg91, 919812345679, "c1", ledger.next_batch());
    CHECK(duplicates(ledger, "msg91") == 1);
}

TEST_CASE("ids hold the number of the entry, and ids of an earlier run are not known") {
    Ledger ledger(7);
    const std::size_t n = add(ledger, Provider::twilio, 919812345678, "42");
    const std::string id = ledger.id(n);
    REQUIRE(id.size() == 34);
    CHECK(ledger.number_of(id.substr(2)) == n);
    CHECK_FALSE(ledger.number_of("0123456789abcdef0123456789abcdef"));
    ledger.reset(7);
    CHECK_FALSE(ledger.number_of(id.substr(2)));
}

TEST_CASE("numbers are found among many entries, in and behind the index") {
    Ledger ledger(7);
    for (std::uint64_t i = 0; i < 50'000; ++i) add(ledger, Provider::twilio, 910000000000 + i % 25'000, "");
    CHECK(ledger.find_to(Provider::twilio, 910000000003) == std::vector<std::size_t>{3, 25'003});
    const std::size_t last = add(ledger, Provider::twilio, 910000000003, "");
    CHECK(ledger.find_to(Provider::twilio, 910000000003) == std::vector<std::size_t>{3, 25'003, last});
    CHECK(ledger.find_to(Provider::meta, 910000000003).empty());
}

TEST_CASE("lines tell every word of an entry, from the one that was asked for") {
    Ledger ledger(7);
    add(ledger, Provider::meta, 919812345678, "r=1");
    add(ledger, Provider::twilio, 919812345679, "r=2");
    const std::string lines = ledger.lines({}, 1, 10);
    const Json line = Json::parse(lines.substr(0, lines.size() - 1));
    CHECK(line["n"] == Json(1));
    CHECK(line["provider"] == Json("twilio"));
    CHECK(line["to"] == Json("+919812345679"));
    CHECK(line["ref"] == Json("r=2"));
    CHECK(line["text"] == Json("hello"));
    CHECK(ledger.lines(Provider::meta, 1, 10).empty());
}

TEST_CASE("times tell when each reference arrived, in order, on the clock that all processes share") {
    const auto now = [] {
        using namespace std::chrono;
        return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
    };
    Ledger ledger(7);
    const std::int64_t before = now();
    add(ledger, Provider::meta, 919812345678, "r=1");
    add(ledger, Provider::twilio, 919812345678, "r=2");
    add(ledger, Provider::meta, 919812345679, "r=3");
    std::istringstream lines(ledger.time_lines(Provider::meta, 0, 10));
    std::int64_t first = 0, second = 0;
    std::string first_ref, second_ref, more;
    lines >> first >> first_ref >> second >> second_ref;
    CHECK(first_ref == "r=1");
    CHECK(second_ref == "r=3");
    CHECK(before <= first);
    CHECK(first <= second);
    CHECK(second <= now());
    CHECK_FALSE(lines >> more);
    CHECK(ledger.time_lines(Provider::meta, 3, 10).empty());
}

TEST_CASE("fates depend on the seed and the number only") {
    Fault fault;
    Config config = read_config(
        merged(default_config(),
               Json::parse(R"({"cut_percent":10,"refuse_percent":20,"statuses":{"failed_percent":5}})")),
        fault);
    REQUIRE_FALSE(fault);
    int refused = 0;
    int cut = 0;
    int changed = 0;
    Config other = config;
    other.seed = 2;
    for (std::uint64_t to = 910000000000; to < 910000010000; ++to) {
        const Verdict verdict = judge(config, Provider::meta, to, 0);
        CHECK(judge(config, Provider::meta, to, 0).kind == verdict.kind);
        refused += verdict.kind == Verdict::Kind::refuse;
        cut += verdict.kind == Verdict::Kind::cut;
        changed += judge(other, Provider::meta, to, 0).kind != verdict.kind;
    }
    CHECK(refused == Approx(2000).margin(200));
    CHECK(cut == Approx(800).margin(120));  // ten percent of those that were not refused
    CHECK(changed > 1000);
}

TEST_CASE("a rule refuses the recipients of its suffix, as often as it says") {
    Fault fault;
    const Config config = read_config(
        merged(default_config(), Json::parse(R"({"rules":[{"provider":"meta","suffix":"0001","code":131026},
            {"provider":"meta","suffix":"0003","code":130429,"times":2},
            {"provider":"meta","suffix":"0004","code":131049,"in_status":true}]})")),
        fault);
    REQUIRE_FALSE(fault);
    CHECK(judge(config, Provider::meta, 919812340001, 9).code == 131026);
    CHECK(judge(config, Provider::twilio, 919812340001, 0).kind == Verdict::Kind::accept);
    CHECK(judge(config, Provider::meta, 919812340003, 1).code == 130429);
    CHECK(judge(config, Provider::meta, 919812340003, 2).kind == Verdict::Kind::accept);
    CHECK(judge(config, Provider::meta, 919812340004, 0).kind == Verdict::Kind::accept);
    const Timeline timeline = draw_timeline(config, Provider::meta, true, 919812340004, 0);
    CHECK(timeline.last() == Status::failed);
    CHECK(timeline.code == 131049);
}

TEST_CASE("settings that are not known or not right are refused with their path") {
    struct Wrong {
        const char* changes;
        const char* path;
    };
    const Wrong wrongs[] = {{R"({"sed":1})", "sed"},
                            {R"({"cut_percent":101})", "cut_percent"},
                            {R"({"meta":{"acces_token":"x"}})", "meta.acces_token"},
                            {R"({"rules":[{"provider":"x","suffix":"1","code":1}]})", "rules[0].provider"},
                            {R"({"rules":[{"provider":"meta","suffix":"1"}]})", "rules[0].code"},
                            {R"({"latency_ms":{"min":5,"max":1}})", "latency_ms.max"}};
    for (const Wrong& wrong : wrongs) {
        CAPTURE(wrong.changes);
        Fault fault;
        read_config(merged(default_config(), Json::parse(wrong.changes)), fault);
        CHECK(fault.path == wrong.path);
    }
}
