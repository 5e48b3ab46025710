// Campaigns: drafts, and what a person does with them. How they run is in send/.
#include "api/campaign_json.hpp"
#include "api/campaign_plan.hpp"
#include "api/change.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/route_json.hpp"
#include "api/schemas.hpp"
#include "domain/content.hpp"
#include "send/materialise.hpp"
#include "store/connections.hpp"

namespace dakiya::api {

namespace {

constexpr std::size_t column_bytes = 60'000;  // a TEXT column holds 65,535

// The connection must be the tenant's and its provider must have the channel.
Result<void> apply_route(Services& services, const Call& call, store::Campaign& campaign) {
    if (const Json* text = call.body.find("connection")) {
        const auto id = parse_id(prefix::connection, text->text());
        if (!id) return invalid("connection", "that is not the id of a connection (con_…)");
        campaign.connection = *id;
    }
    const bool moved = call.body.contains("connection");
    if (call.body.contains("channel") || moved) campaign.channel = call.body.value("channel", "");
    if (!moved && !call.body.contains("channel")) return {};
    const auto row = services.db.read([&](store::Session& session) {
        return store::connections::find(session, call.caller.scope, campaign.connection);
    });
    if (!row) return invalid("connection", "there is no such connection");
    const auto provider = services.registry.find(row->provider);
    if (!provider)
        return Error{Code::unavailable, "the plugin of provider \"" + row->provider + "\" is not loaded", ""};
    const auto& channels = provider->manifest().channels;
    if (campaign.channel.empty() && !channels.empty()) campaign.channel = channels.front();
    if (std::find(channels.begin(), channels.end(), campaign.channel) == channels.end())
        return Error{Code::unsupported,
                     "provider \"" + row->provider + "\" has no channel \"" + campaign.channel + "\"",
                     "channel"};
    return {};
}

// Lays the body over the campaign; what is left out stays.
Result<void> apply(Services& services, const Call& call, store::Campaign& campaign) {
    const Json& body = call.body;
    campaign.name = body.value("name", campaign.name);
    campaign.per_second = static_cast<int>(body.value("per_second", campaign.per_second));
    if (auto planned = apply_plan(services, call, campaign); !planned) return planned;
    if (const Json* content = body.find("content")) {
        auto parsed = domain::parse_content(*content, "content");
        if (!parsed) return parsed.error();
        campaign.content = domain::to_json(*parsed).dump();
    }
    if (const Json* audience = body.find("audience")) {
        if (auto parsed = send::parse_audience(*audience); !parsed) return parsed.error();
        campaign.audience = audience->dump();
        if (campaign.audience.size() > column_bytes)
            return Error{Code::too_large,
                         "the audience has more than 60,000 bytes; give these contacts a tag instead",
                         "audience"};
    }
    if (auto applied = apply_steps(services, call, campaign); !applied) return applied.error();
    return apply_route(services, call, campaign);
}

Result<Response> create(Services& services, Call& call) {
    store::Campaign campaign;
    campaign.tenant = call.caller.scope.tenant;
    if (auto applied = apply(services, call, campaign); !applied) return applied.error();
    campaign.id = services.ids.next();
    campaign.created_at = services.clock.now_ms();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        store::campaigns::create(session, campaign);
        audit(session, call, services, "campaign.create", format_id(prefix::campaign, campaign.id),
              plan_detail(campaign));
        return {};
    });
    if (!written) return written.error();
    return json_response(201, with_route(services, campaign));
}

Result<Response> read(Services& services, Call& call) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    return json_response(200, with_route(services, *campaign));
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto rows = services.db.read([&](store::Session& session) {
        return store::campaigns::list(session, call.caller.scope, page->from, page->limit + 1);
    });
    return json_response(200, page_json(
                                  *page, rows, [](const auto& row) { return to_json(row); }, by_id));
}

// A draft may be changed as a whole, one that is under way only in its pace.
Result<Response> update(Services& services, Call& call) {
    auto found = find_campaign(services, call);
    if (!found) return found.error();
    store::Campaign campaign = *std::move(found);
    const bool draft = domain::editable(campaign.state);
    const bool only_pace = call.body.size() == 1 && call.body.contains("per_second");
    if (!draft && (!only_pace || domain::final(campaign.state)))
        return Error{Code::conflict,
                     "the campaign is " + std::string(to_string(campaign.state)) +
                         "; only a draft can be changed, and the pace of one that is under way",
                     ""};
    if (auto applied = apply(services, call, campaign); !applied) return applied.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        const bool as_read = draft ? store::campaigns::update_draft(session, campaign)
                                   : store::campaigns::set_pace(session, campaign, campaign.per_second);
        if (!as_read)
            return Error{Code::conflict, "the campaign has changed meanwhile; read it and try again", ""};
        audit(session, call, services, "campaign.update", call.param("campaign"), plan_detail(campaign));
        return {};
    });
    if (!written) return written.error();
    return json_response(200, with_route(services, campaign));
}

Result<Response> remove(Services& services, Call& call) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        if (!domain::editable(campaign->state) || !store::campaigns::remove_draft(session, *campaign))
            return Error{
                Code::conflict,
                "only a draft can be deleted; this campaign is " + std::string(to_string(campaign->state)),
                ""};
        audit(session, call, services, "campaign.delete", call.param("campaign"));
        return {};
    });
    if (!written) return written.error();
    return Response{204, {}, {}, {}};
}

Result<Response> preview(Services& services, Call& call) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    const auto preview =
        services.send.preview(call.caller.scope, *campaign, static_cast<int>(call.query.value("samples", 5)));
    if (!preview) return preview.error();
    Json items = Json::array();
    for (const send::PreviewItem& item : preview->items) {
        Json json{{"contact", format_id(prefix::contact, item.contact)},
                  {"address", item.address},
                  {"text", item.text},
                  {"params", item.params}};
        if (item.parts > 0) {
            json.set("encoding", item.encoding);
            json.set("parts", item.parts);
        }
        if (!item.skip_reason.empty())
            json.set("skip", Json{{"reason", item.skip_reason}, {"text", item.skip_text}});
        items.push_back(std::move(json));
    }
    return json_response(
        200,
        Json{{"audience", preview->audience}, {"seconds", preview->seconds}, {"samples", std::move(items)}});
}

using Act = Result<store::Campaign> (send::Service::*)(store::Scope, Id);

Result<Response> act(Services& services, Call& call, Act action, const std::string& word) {
    const auto campaign = find_campaign(services, call);
    if (!campaign) return campaign.error();
    const auto after = (services.send.*action)(call.caller.scope, campaign->id);
    if (!after) return after.error();
    auto noted = change(services, [&](store::Session& session) -> Result<void> {
        audit(session, call, services, "campaign." + word, call.param("campaign"));
        return {};
    });
    if (!noted) return noted.error();
    return json_response(200, with_route(services, *after));
}

Route action_route(Services& services, const std::string& word, Act action, const std::string& summary) {
    Route route{"POST",
                "/v1/campaigns/{campaign}/" + word,
                Permission::send,
                word + "Campaign",
                summary,
                [&services, action, word](Call& call) { return act(services, call, action, word); }};
    route.answer = campaign_schema();
    return route;
}

Json preview_schema() {
    using namespace schema;
    return object({{"audience", described(integer(0, INT64_MAX), "Contacts that the audience names")},
                   {"seconds", described(Json{{"type", "number"}}, "At the pace that applies; 0: not known")},
                   {"samples", list(object({{"contact", text(20)},
                                            {"address", text(190)},
                                            {"text", text(70'000)},
                                            {"params", any_object()},
                                            {"encoding", text(8)},
                                            {"parts", integer(0, 1'000)},
                                            {"skip", object({{"reason", text(64)}, {"text", text(500)}})}}),
                                    20)}});
}

}  // namespace

Routes campaign_routes(Services& services) {
    using namespace schema;
    const auto fields = [](std::initializer_list<Json> required) {
        Json body = object(
            {{"name", text(60, 1)},
             {"connection", text(20, 1)},
             {"channel", described(text(16, 1), "The provider's first when left out")},
             {"content", described(any_object(), "As of a message, with placeholders: {{name|there}}")},
             {"audience",
              described(
                  any_object(),
                  R"({"all":true}, {"tags":["new"]}, {"contacts":["cnt_…"]} or {"campaign":"cmp_…","states":["failed"],"classes":["provider"]})")},
             {"per_second", described(integer(0, 10'000), "0: as fast as the provider's limits allow")},
             {"scheduled_at", described(integer(0, INT64_MAX), "Unix milliseconds; 0: when it is sent")},
             {"fallback", fallback_schema()},
             {"on_uncertain", on_uncertain_schema()}},
            required);
        for (const auto& [name, field] : plan_fields()) body.find("properties")->set(name, field);
        return body;
    };
    Route creates{"POST",           "/v1/campaigns",  Permission::manage,
                  "createCampaign", "Makes a draft.", bound(services, create)};
    creates.body_kind = BodyKind::json;
    creates.body = fields({"name", "connection", "content", "audience"});
    creates.status = 201;
    creates.answer = campaign_schema();

    Route lists{"GET",
                "/v1/campaigns",
                Permission::read,
                "listCampaigns",
                "Lists campaigns, newest first.",
                bound(services, browse)};
    lists.query = page_query();
    lists.answer = page(campaign_schema());

    Route reads{"GET",         "/v1/campaigns/{campaign}", Permission::read,
                "getCampaign", "Reads a campaign.",        bound(services, read)};
    reads.answer = campaign_schema();

    Route updates{"PATCH",
                  "/v1/campaigns/{campaign}",
                  Permission::manage,
                  "updateCampaign",
                  "Changes a draft, or the pace of a campaign that is under way.",
                  bound(services, update)};
    updates.body_kind = BodyKind::json;
    updates.body = fields({});
    updates.answer = campaign_schema();

    Route removes{"DELETE",         "/v1/campaigns/{campaign}", Permission::manage,
                  "deleteCampaign", "Removes a draft.",         bound(services, remove)};
    removes.status = 204;

    Route previews{"POST",
                   "/v1/campaigns/{campaign}/preview",
                   Permission::read,
                   "previewCampaign",
                   "Shows what some real recipients would get. Sends nothing.",
                   bound(services, preview)};
    previews.query = object({{"samples", integer(1, 20)}});
    previews.remembers = false;
    previews.answer = preview_schema();

    Routes all{std::move(creates),
               std::move(lists),
               std::move(reads),
               std::move(updates),
               std::move(removes),
               std::move(previews),
               action_route(services, "send", &send::Service::start, "Sends a draft, now or at its time."),
               action_route(services, "pause", &send::Service::pause, "Stops sending until it is resumed."),
               action_route(services, "resume", &send::Service::resume, "Goes on with a paused campaign."),
               action_route(services, "cancel", &send::Service::cancel, "Ends a campaign for good.")};
    for (Route& route : campaign_plan_routes(services)) all.push_back(std::move(route));
    return all;
}

}  // namespace dakiya::api
