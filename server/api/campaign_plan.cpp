#include "api/campaign_plan.hpp"

#include "api/campaign_json.hpp"
#include "api/change.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/schemas.hpp"
#include "base/text.hpp"
#include "domain/zones.hpp"
#include "send/audience.hpp"
#include "send/series.hpp"
#include "send/timing.hpp"
#include "store/campaign_runs.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t longest_name = 60;

Result<std::int64_t> first_start(Services& services, const store::Campaign& campaign) {
    const std::int64_t now = services.clock.now_ms();
    const send::Timing timing =
        services.db.read([&](store::Session& session) { return send::load_timing(session, campaign); });
    const domain::Schedule& schedule = *timing.plan.schedule;
    // With the zone of each recipient it begins with the first person on earth, and is over with the last.
    const std::int64_t spread =
        schedule.zone == domain::recipients_zone && schedule.repeat.empty() ? 26 * 60 * domain::minute_ms : 0;
    const auto next = send::next_start(timing.plan, timing.tenant_zone, now - spread + 1);
    if (next) return *next;
    if (schedule.repeat.empty())
        return invalid("schedule.at", "that time is over; leave the schedule out to send at once");
    return invalid("schedule.repeat", "none of its times is ahead of us");
}

Json zone_schema() {
    return schema::described(schema::text(64, 1), "recipient, tenant or an IANA name; tenant when left out");
}

Result<Response> retry(Services& services, Call& call) {
    auto found = find_campaign(services, call);
    if (!found) return found.error();
    const store::Campaign source = *std::move(found);
    if (domain::editable(source.state))
        return Error{Code::conflict,
                     "the campaign is " + std::string(to_string(source.state)) + ": nobody has failed yet",
                     ""};
    Json audience{{"campaign", format_id(prefix::campaign, source.id)}, {"states", Json::array({"failed"})}};
    if (const Json* classes = call.body.find("classes")) audience.set("classes", *classes);
    if (const auto parsed = send::parse_audience(audience); !parsed)
        return Error{parsed.error().code, parsed.error().text, "classes"};

    store::Campaign campaign;
    campaign.id = services.ids.next();
    campaign.tenant = source.tenant;
    campaign.name =
        call.body.value("name", std::string(utf8_prefix(source.name, longest_name - 6)) + " retry");
    campaign.connection = source.connection;
    campaign.channel = source.channel;
    campaign.content = source.content;
    campaign.audience = audience.dump();
    campaign.per_second = source.per_second;
    campaign.created_at = services.clock.now_ms();
    domain::Plan plan = domain::stored_plan(source.plan);
    plan.schedule.reset();  // its time has been
    plan.canary.reset();
    campaign.plan = domain::to_json(plan).dump();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        store::campaigns::create(session, campaign);
        audit(session, call, services, "campaign.retry", call.param("campaign"),
              Json{{"campaign", format_id(prefix::campaign, campaign.id)}});
        return {};
    });
    if (!written) return written.error();
    return json_response(201, to_json(campaign));
}

Result<Response> runs(Services& services, Call& call) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto rows = services.db.read([&](store::Session& session) {
        return store::campaign_runs::list(session, call.caller.scope, campaign->id, page->from,
                                          page->limit + 1);
    });
    const auto json = [](const store::CampaignRun& run) {
        return Json{
            {"occurs_at", run.occurs_at},
            {"state", run.campaign != 0 ? "run" : "missed"},
            {"campaign", run.campaign != 0 ? Json(format_id(prefix::campaign, run.campaign)) : Json()}};
    };
    return json_response(200, page_json(*page, rows, json, [](const auto& run) { return run.occurs_at; }));
}

}  // namespace

Result<void> apply_plan(Services& services, const Call& call, store::Campaign& campaign) {
    const Json& body = call.body;
    const Json& schedule = body["schedule"];
    const std::int64_t instant = body.value("scheduled_at", 0);
    if (instant != 0 && !schedule.is_null())
        return invalid("schedule", "give either \"schedule\" or \"scheduled_at\"");
    auto plan = domain::read_plan(body, campaign.plan.empty() && campaign.id == 0
                                            ? domain::default_plan()
                                            : domain::stored_plan(campaign.plan));
    if (!plan) return plan.error();
    if (body.contains("scheduled_at")) plan->schedule.reset();
    campaign.plan = domain::to_json(*plan).dump();

    if (instant != 0 && instant <= services.clock.now_ms())
        return invalid("scheduled_at", "that time (Unix milliseconds) is over; leave it out to send at once");
    if (body.contains("scheduled_at")) campaign.scheduled_at = instant;
    if (!body.contains("schedule")) return {};
    campaign.scheduled_at = 0;
    if (schedule.is_null()) return {};
    const auto start = first_start(services, campaign);
    if (!start) return start.error();
    campaign.scheduled_at = *start;
    return {};
}

std::vector<Json::Member> plan_fields() {
    using namespace schema;
    const Json percent = integer(0, 100);
    const Json days = list(one_of({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), 7);
    return {
        {"category", described(one_of({"marketing", "transactional"}), "marketing when left out")},
        {"schedule", nullable(described(
                         object({{"at", described(text(16, 1), "Wall time: 2026-12-01T10:00")},
                                 {"zone", zone_schema()},
                                 {"repeat", described(text(200, 1), "RRULE: FREQ=WEEKLY;BYDAY=MO;COUNT=10")}},
                                {"at"}),
                         "Instead of scheduled_at"))},
        {"window",
         nullable(described(object({{"from", described(text(5, 1), "09:00")},
                                    {"to", described(text(5, 1), "20:00; before from: the next day")},
                                    {"days", days},
                                    {"zone", zone_schema()}},
                                   {"from", "to"}),
                            "Only then are messages sent"))},
        {"quiet_hours", described(boolean(), "Kept where the recipient is; true for marketing")},
        {"quiet_hours_reason", described(text(300), "Why marketing leaves them out; in the audit log")},
        {"canary", nullable(described(object({{"count", integer(1, 1'000'000)},
                                              {"percent", integer(1, 99)},
                                              {"hold_s", integer(0, 604'800)},
                                              {"max_failed_percent", percent},
                                              {"min_delivered_percent", percent}}),
                                      "Sent first; the others when its figures are in range"))},
        {"stop",
         nullable(described(object({{"max_failed_percent", integer(1, 100)}, {"after", integer(10, 10'000)}}),
                            "Pauses when more of the last `after` messages failed; 100: never"))}};
}

std::vector<Json::Member> plan_answer_fields() {
    using namespace schema;
    auto fields = plan_fields();
    fields.emplace_back("series",
                        nullable(described(text(20), "The repeated campaign that this is a run of")));
    fields.emplace_back("canary_state", nullable(one_of({"waiting", "under_way", "over"})));
    return fields;
}

void add_plan(Json& json, const store::Campaign& campaign) {
    const domain::Plan plan = domain::stored_plan(campaign.plan);
    for (const auto& [name, value] : domain::to_json(plan).members()) json.set(name, value);
    json.set("series", campaign.series != 0 ? Json(format_id(prefix::campaign, campaign.series)) : Json());
    const char* words[] = {"waiting", "under_way", "over"};
    json.set("canary_state", plan.canary ? Json(words[static_cast<int>(campaign.canary)]) : Json());
}

Json plan_detail(const store::Campaign& campaign) {
    const domain::Plan plan = domain::stored_plan(campaign.plan);
    if (plan.quiet_hours_reason.empty()) return Json::object();
    return Json{{"quiet_hours_reason", plan.quiet_hours_reason}};
}

Routes campaign_plan_routes(Services& services) {
    using namespace schema;
    Route retries{"POST",
                  "/v1/campaigns/{campaign}/retry",
                  Permission::manage,
                  "retryCampaign",
                  "Makes a draft for those who failed, with the same content.",
                  bound(services, retry)};
    retries.body_kind = BodyKind::json;
    retries.body = object({{"name", text(static_cast<int>(longest_name), 1)},
                           {"classes", described(list(text(16, 1), 20), "Of errors; all when left out")}});
    retries.status = 201;
    retries.answer = campaign_schema();

    Route lists{"GET",
                "/v1/campaigns/{campaign}/runs",
                Permission::read,
                "listCampaignRuns",
                "Lists the occurrences of a repeated campaign, newest first.",
                bound(services, runs)};
    lists.query = page_query();
    lists.answer = page(object({{"occurs_at", described(integer(0, INT64_MAX), "Unix milliseconds")},
                                {"state", one_of({"run", "missed"})},
                                {"campaign", nullable(text(20))}}));
    return {std::move(retries), std::move(lists)};
}

}  // namespace dakiya::api
