#include "api/campaign_json.hpp"

#include "api/campaign_plan.hpp"
#include "api/message_json.hpp"
#include "api/named_row.hpp"
#include "api/route_json.hpp"
#include "api/schemas.hpp"

namespace dakiya::api {

Result<store::Campaign> find_campaign(Services& services, const Call& call) {
    return named_row(services, call, "campaign", prefix::campaign, store::campaigns::find);
}

Json to_json(const store::Campaign& campaign) {
    Json json{{"id", format_id(prefix::campaign, campaign.id)},
              {"name", campaign.name},
              {"state", to_string(campaign.state)},
              {"state_text", campaign.state_text},
              {"connection", format_id(prefix::connection, campaign.connection)},
              {"channel", campaign.channel},
              {"content", Json::parse(campaign.content)},
              {"audience", Json::parse(campaign.audience)},
              {"per_second", campaign.per_second},
              {"fallback", campaign.fallback.empty() ? Json::array() : Json::parse(campaign.fallback)},
              {"on_uncertain", to_string(campaign.on_uncertain)},
              {"recipients", campaign.n_recipients},
              {"skipped", campaign.n_skipped},
              {"scheduled_at", campaign.scheduled_at},
              {"created_at", campaign.created_at},
              {"started_at", campaign.started_at},
              {"finished_at", campaign.finished_at}};
    add_plan(json, campaign);
    return json;
}

Json to_json(const store::CampaignStats& stats) {
    Json states = Json::object();
    for (const auto& [state, count] : stats.by_state) states.set(to_string(state), count);
    Json reasons = Json::array();
    for (const auto& reason : stats.reasons)
        reasons.push_back(
            Json{{"state", to_string(reason.state)}, {"reason", reason.reason}, {"count", reason.n}});
    return Json{{"total", stats.total}, {"states", std::move(states)}, {"reasons", std::move(reasons)}};
}

Json campaign_schema() {
    using namespace schema;
    const Json count = integer(0, INT64_MAX);
    const Json time = described(integer(0, INT64_MAX), "Unix milliseconds; 0: not yet");
    Json schema = object(
        {{"id", text(20)},
         {"name", text(190)},
         {"state", one_of({"draft", "scheduled", "sending", "paused", "completed", "cancelled", "failed"})},
         {"state_text", described(text(500), "Why it is paused, held or failed")},
         {"connection", text(20)},
         {"channel", text(16)},
         {"content", any_object()},
         {"audience", any_object()},
         {"per_second", integer(0, 10'000)},
         {"fallback", fallback_schema()},
         {"on_uncertain", on_uncertain_schema()},
         {"certainty", described(one_of({"idempotent", "correlating", "queryable", "blind"}),
                                 "Of the connection's provider; in answers about one campaign")},
         {"bound", described(text(500), "What can be promised of one recipient, in words")},
         {"steps", steps_schema()},
         {"recipients", described(count, "So far; all of them when it has been materialised")},
         {"skipped", count},
         {"scheduled_at", time},
         {"created_at", time},
         {"started_at", time},
         {"finished_at", time}});
    for (const auto& [name, field] : plan_answer_fields()) schema.find("properties")->set(name, field);
    return schema;
}

Json campaign_stats_schema() {
    using namespace schema;
    const Json count = integer(0, INT64_MAX);
    return object(
        {{"total", count},
         {"states", described(Json{{"type", "object"}}, "Recipients by state; they sum to total")},
         {"reasons",
          Json{{"type", "array"},
               {"items", object({{"state", state_schema()}, {"reason", text(64)}, {"count", count}})}}},
         {"steps", described(Json{{"type", "array"}, {"items", any_object()}},
                             "The same for each step of the route that has begun, the first included")},
         {"people",
          described(
              object({{"total", count},
                      {"states", Json{{"type", "object"}}},
                      {"steps", Json{{"type", "array"},
                                     {"items", object({{"step", integer(1, 4)},
                                                       {"campaign", text(20)},
                                                       {"channel", text(16)},
                                                       {"states", Json{{"type", "object"}}}})}}}}),
              "Everybody once, in the best state that a message of any step reached, and by the step of "
              "that message. They sum to total, but for what moves while it is read")}});
}

}  // namespace dakiya::api
