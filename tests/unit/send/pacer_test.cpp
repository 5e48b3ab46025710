#include "send/pacer.hpp"

#include <catch2/catch.hpp>

#include "fakes.hpp"
#include "own_grants.hpp"
#include "send/limits.hpp"

using namespace dakiya;
using namespace dakiya::send;

namespace {

plugin::Manifest manifest_with(std::vector<plugin::Limit> limits) {
    plugin::Manifest manifest;
    manifest.id = "acme";
    manifest.limits = std::move(limits);
    return manifest;
}

}  // namespace

TEST_CASE("limits: the operator's word, then the manifest's, by name without the scope") {
    const auto manifest = manifest_with({{"send", "sender", 80}, {"default", "", 10}});
    const Limits limits({{"acme.default", 25}});
    CHECK(limits.rate(manifest, "send") == 80);
    CHECK(limits.rate(manifest, "send:10987") == 80);
    CHECK(limits.rate(manifest, "") == 25);
    CHECK(limits.rate(manifest, "default") == 25);
    CHECK_FALSE(limits.rate(manifest, "upload"));
    CHECK(limits.send_rate(manifest) == 80);
    CHECK(limits.send_rate(manifest_with({{"default", "", 10}})) == 25);
    CHECK_FALSE(Limits().send_rate(manifest_with({})));
}

TEST_CASE(
    "limits: what a provider reports of a connection counts for it, unless the operator has agreed on a "
    "rate") {
    const auto manifest = manifest_with({{"send", "sender", 80}, {"default", "", 10}});
    Limits limits({{"acme.default", 25}});
    constexpr Id ours = 7, another = 8;
    CHECK(limits.report(manifest, "send:10987", ours, 1'000));
    CHECK(limits.send_rate(manifest, ours) == 1'000);
    CHECK(limits.send_rate(manifest, another) == 80);
    CHECK_FALSE(limits.report(manifest, "default", ours, 500));
    CHECK(limits.rate(manifest, "default", ours) == 25);
    CHECK_FALSE(limits.report(manifest, "send", ours, 0));
    CHECK(limits.send_rate(manifest, ours) == 1'000);
}

namespace {

struct Fixture {
    ManualClock clock;
    FakeClient client;
    net::OwnGrants grants{clock};
    net::Limiter limiter{client, grants, clock};
    Pacer pacer{limiter, clock};
    Pacer::Campaign campaign{1, 0, 100, 1};

    int room(const Pacer::Campaign& of, int wanted) {
        pacer.room(of, wanted, wanted);  // asks for permits of the pace, which come at once here,
        pacer.room(of, wanted, wanted);  // then for those of the limit
        return pacer.room(of, wanted, wanted);
    }
    // One call of the campaign comes to this limit.
    void learn(const Pacer::Campaign& of, const std::string& limit) {
        pacer.place(of, 1)->at_limit(limit, 100);
    }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "without a limit and a pace everything may be marked") {
    campaign.limit = 0;
    CHECK(room(campaign, 5'000) == 5'000);
    CHECK(room(campaign, 0) == 0);
}

TEST_CASE_METHOD(Fixture, "the first call goes alone, and its limit counts from then on") {
    campaign.batch = 10;
    CHECK(room(campaign, 64) == 10);
    {
        const auto first = pacer.place(campaign, 10);
        CHECK(room(campaign, 64) == 0);
        first->at_limit("7/send", 100);
    }
    CHECK(room(campaign, 64) == 50);     // the calls of the next 50 ms
    CHECK(room(campaign, 1'000) == 50);  // however many are wanted
}

TEST_CASE_METHOD(Fixture, "a first call that never came to its limit is tried again") {
    CHECK(room(campaign, 64) == 1);
    pacer.place(campaign, 1).reset();
    CHECK(room(campaign, 64) == 1);
}

TEST_CASE_METHOD(Fixture, "what is marked and on its way to the limit has its permit already") {
    learn(campaign, "7/send");
    CHECK(room(campaign, 16) == 5);
    const auto place = pacer.place(campaign, 3);
    CHECK(room(campaign, 16) == 2);
    place->at_limit("7/send", 100);
    CHECK(room(campaign, 16) == 3);  // it never came to the limiter: in life it would wait there
}

TEST_CASE_METHOD(Fixture, "campaigns of one limit share its permits") {
    const Pacer::Campaign other{2, 0, 100, 1};
    learn(campaign, "7/send");
    learn(other, "7/send");
    CHECK(room(campaign, 16) == 5);
    const auto place = pacer.place(campaign, 5);
    CHECK(pacer.room(other, 4, 4) == 0);
}

TEST_CASE_METHOD(Fixture, "a campaign's own pace holds it back, and only it") {
    Pacer::Campaign slow{1, 10, 100, 1};
    const Pacer::Campaign other{2, 0, 100, 1};
    learn(slow, "7/send");
    learn(other, "7/send");
    CHECK(room(slow, 64) == 1);
    CHECK(room(other, 16) == 5);
    const auto place = pacer.place(slow, 1);
    CHECK(pacer.room(slow, 64, 64) == 0);
}

TEST_CASE_METHOD(Fixture, "limits that the provider does not have let everything through") {
    learn(campaign, "");
    CHECK(room(campaign, 5'000) == 5'000);
}
