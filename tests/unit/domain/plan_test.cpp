#include <catch2/catch.hpp>

#include "domain/canary.hpp"
#include "domain/plan.hpp"

using namespace dakiya;
using namespace dakiya::domain;

namespace {

Result<Plan> read(const std::string& json, Plan plan = default_plan()) {
    return read_plan(Json::parse(json), std::move(plan));
}

}  // namespace

TEST_CASE("a plan comes back as it was given") {
    const std::string text =
        R"({"category":"marketing","quiet_hours":true,"quiet_hours_reason":"",)"
        R"("schedule":{"at":"2026-12-01T10:00","zone":"recipient","repeat":"FREQ=DAILY"},)"
        R"("window":{"from":"09:00","to":"20:30","days":["mon","sun"],"zone":"Asia/Kolkata"},)"
        R"("canary":{"percent":5,"hold_s":60,"max_failed_percent":2,"min_delivered_percent":50},)"
        R"("stop":{"max_failed_percent":40,"after":100}})";
    const auto plan = read(text);
    REQUIRE(plan);
    CHECK(to_json(*plan).dump() == text);
    CHECK(to_json(stored_plan(text)).dump() == text);
    CHECK(plan->timed());
    CHECK(plan->recurring());
}

TEST_CASE("what is left out of a plan") {
    const auto plan = read("{}");
    REQUIRE(plan);
    CHECK((plan->marketing && plan->quiet_hours && plan->timed()));
    CHECK(to_json(*plan).at("window").is_null());
    CHECK_FALSE(stored_plan("").timed());
    const auto alert = read(R"({"category":"transactional"})");
    CHECK_FALSE(alert->timed());
    CHECK(read(R"({"category":"marketing"})", *alert)->quiet_hours);
    const auto windowed = read(R"({"window":{"from":"09:00","to":"17:00"}})");
    CHECK(read("{}", *windowed)->window);
    CHECK_FALSE(read(R"({"window":null})", *windowed)->window);
}

TEST_CASE("marketing leaves quiet hours out only with a reason") {
    CHECK(read(R"({"quiet_hours":false})").error().field == "quiet_hours_reason");
    CHECK(read(R"({"quiet_hours":false,"quiet_hours_reason":" "})").error().field == "quiet_hours_reason");
    const auto plan =
        read(R"({"quiet_hours":false,"quiet_hours_reason":"they asked for the night's results"})");
    REQUIRE(plan);
    CHECK_FALSE(plan->timed());
    CHECK(read(R"({"category":"transactional","quiet_hours":false})"));
}

TEST_CASE("what a plan may not say is named") {
    struct Vector {
        const char *json, *field;
    };
    const auto v = GENERATE(
        Vector{R"({"category":"spam"})", "category"}, Vector{R"({"quiet_hours":1})", "quiet_hours"},
        Vector{R"({"schedule":{}})", "schedule.at"},
        Vector{R"({"schedule":{"at":"tomorrow"}})", "schedule.at"},
        Vector{R"({"schedule":{"at":"2026-12-01T10:00","zone":"Mars/Base"}})", "schedule.zone"},
        Vector{R"({"schedule":{"at":"2026-12-01T10:00","repeat":"FREQ=YEARLY"}})", "schedule.repeat"},
        Vector{R"({"schedule":{"at":"2026-12-01T10:00","when":1}})", "schedule.when"},
        Vector{R"({"window":{"from":"09:00"}})", "window.to"},
        Vector{R"({"window":{"from":"9","to":"20:00"}})", "window.from"},
        Vector{R"({"window":{"from":"09:60","to":"20:00"}})", "window.from"},
        Vector{R"({"window":{"from":"0::00","to":"20:00"}})", "window.from"},
        Vector{R"({"window":{"from":"09:00","to":"09:00"}})", "window.to"},
        Vector{R"({"window":{"from":"09:00","to":"20:00","days":[]}})", "window.days"},
        Vector{R"({"window":{"from":"09:00","to":"20:00","days":["monday"]}})", "window.days"},
        Vector{R"({"window":{"from":"09:00","to":"20:00","zone":"GMT+1"}})", "window.zone"},
        Vector{R"({"canary":{}})", "canary"}, Vector{R"({"canary":{"count":5,"percent":5}})", "canary"},
        Vector{R"({"canary":{"count":0}})", "canary.count"},
        Vector{R"({"canary":{"percent":2.5}})", "canary.percent"},
        Vector{R"({"canary":{"count":5,"min_delivered_percent":101}})", "canary.min_delivered_percent"},
        Vector{R"({"stop":{"after":1}})", "stop.after"},
        Vector{R"({"stop":{"max_failed_percent":0}})", "stop.max_failed_percent"});
    CAPTURE(v.json);
    const auto plan = read(v.json);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().field == v.field);
}

TEST_CASE("canaries") {
    Canary canary;
    canary.percent = 5;
    CHECK(canary_size(canary, 1'001) == 51);
    CHECK(canary_size(canary, 3) == 1);
    canary.count = 500;
    CHECK(canary_size(canary, 3) == 500);

    CanaryFigures figures{440, 0, 60, 0, "template:132001"};
    const auto refusal = canary_refusal(canary, figures);
    REQUIRE(refusal);
    CHECK(refusal->find("the first 500: 12 % failed (allowed 5 %); most frequent reason: template:132001") ==
          0);
    figures = {475, 0, 25, 0, ""};
    CHECK_FALSE(canary_refusal(canary, figures));  // 5 % exactly
    canary.min_delivered_percent = 50;
    CHECK(canary_refusal(canary, figures)->find("only 0 % delivered") != std::string::npos);
    figures.delivered = 250;
    CHECK_FALSE(canary_refusal(canary, figures));
    CHECK(canary_refusal(canary, {}));  // nobody at all
}
